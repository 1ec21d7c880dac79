"""Solves programmes in CPLEX' LP format by HiGHS, and prints, as JSON, what each comes to, how far from the best that can be, and the seconds."""

import json
import pathlib
import sys
import time

import highspy

seconds, gap = float(sys.argv[1]), float(sys.argv[2])
found = {}
for name in sys.argv[3:]:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", gap)
    assert solver.readModel(name) == highspy.HighsStatus.kOk, name
    start = time.process_time()
    solver.run()
    info = solver.getInfo()
    found[pathlib.Path(name).name] = {
        "status": solver.modelStatusToString(solver.getModelStatus()),
        "objective": info.objective_function_value,
        "gap": info.mip_gap,
        "seconds": time.process_time() - start,
    }
print(json.dumps(found))
