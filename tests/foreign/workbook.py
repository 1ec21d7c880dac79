"""Reads a workbook of `nittio review export` with openpyxl, prints what it finds as JSON; with a second argument, a JSON file of
answers by place, fills them in and saves it."""

import json
import sys

import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
sheet = book.worksheets[0]
keys = [cell.value for cell in sheet[1]]
rows = [dict(zip(keys, [cell.value for cell in row])) for row in sheet.iter_rows(min_row=3)]
lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
print(json.dumps({
    "sheets": book.sheetnames,
    "frozen": sheet.freeze_panes,
    "hidden": sheet.row_dimensions[1].hidden,
    "headings": [cell.value for cell in sheet[2]],
    "rows": rows,
    "lists": lists,
    "narrow": [k for k, c in zip(keys, sheet[1]) if sheet.column_dimensions[c.column_letter].width < 8],
}, default=str))
if len(sys.argv) > 2:
    answers = json.load(open(sys.argv[2], encoding="utf-8"))
    for row in sheet.iter_rows(min_row=3):
        for key, value in answers.get(row[0].value, {}).items():
            row[keys.index(key)].value = value
    book.save(sys.argv[1])
