"""Reads a workbook of tables with openpyxl and holds it against a table of figures in the columns of indicators.csv.

Arguments: tables.xlsx, indicators.csv or figures counted by hand, the key of the study's main definition. Prints what is found as JSON.
"""

import csv
import json
import sys
import zipfile

import openpyxl

path, figures, profile = sys.argv[1:4]
LEVELS = {"kommun": "municipality", "län": "county", "hela studien": "total"}
UNITS = {
    "Platser": "places", "Befolkning": "population", "Hushåll": "households", "Arbetsställen": "workplaces",
    "Arbetstillfällen": "jobs", "Byggnader": "buildings",
}
MEASURES = {"Bredband": "covered"}
for n, text in [(10, "10 Mbit/s"), (30, "30 Mbit/s"), (100, "100 Mbit/s"), (1000, "1 Gbit/s")]:
    MEASURES[f"Minst {text} ned"] = f"down>={n} Mbit/s"
    MEASURES[f"Minst {text} upp"] = f"up>={n} Mbit/s"
TECHNOLOGIES = {"Fiber": "fibre", "Kabel-tv": "cable", "VDSL": "vdsl", "Annan xDSL": "xdsl", "Fast radio": "fwa"}
MEASURES |= {word: f"technology={key}" for word, key in TECHNOLOGIES.items()}
MEASURES["Minst 2 operatörer"] = "operators>=2"
SETTLEMENTS = {"Tätort": "locality", "Småort": "smaller_locality", "Utanför tätort och småort": "outside", "Okänt läge": "unknown"}

known = {}
for row in csv.DictReader(open(figures, encoding="utf-8", newline="")):
    if row["profile"] == profile and row["category"] == "all":
        key = (row["level"], row["code"], row["settlement"], row["unit"], row["measure"])
        known[key] = row

book = openpyxl.load_workbook(path)
wrong, compared, hidden, sheets = [], 0, 0, {}


def table(sheet):
    """The headings and the rows of cells below the frozen row."""
    first = int("".join(c for c in sheet.freeze_panes if c.isdigit()))
    return [cell.value for cell in sheet[first - 1]], list(sheet.iter_rows(min_row=first)), first - 1


def same(cell, text):
    if text == "":
        return cell.value in (None, "..")
    return cell.data_type == "n" and cell.value == float(text)


for sheet in book:
    heads, rows, heading = table(sheet)
    titles = [sheet.cell(row, 1).value or "" for row in range(1, heading)]
    sheets[sheet.title] = {
        "rows": len(rows),
        "heading": heading,
        "source": any(title.startswith("Källa: ") for title in titles),
        "filter": sheet.auto_filter.ref,
        "landscape": sheet.page_setup.orientation == "landscape",
        "fits": bool(sheet.sheet_properties.pageSetUpPr.fitToPage) and int(sheet.page_setup.fitToHeight) == 0,
        "repeats": sheet.print_title_rows,
        "narrow": [h for h, c in zip(heads, sheet[heading]) if sheet.column_dimensions[c.column_letter].width < 8],
    }
    for row in rows:
        cells = dict(zip(heads, row))
        code = cells.get("Kod")
        if code is not None and code.value is not None and (code.data_type != "s" or not code.value.isdigit()):
            wrong.append([sheet.title, code.coordinate, "a code is text", code.value])
        for head, cell in cells.items():
            if cell.data_type == "n" and cell.value is not None and head and head.endswith("andel"):
                if not cell.number_format.endswith("%"):
                    wrong.append([sheet.title, cell.coordinate, "a share has a format of per cent", cell.number_format])
            if cell.data_type == "n" and cell.value is not None and head and head.endswith("antal"):
                if not cell.number_format.startswith("#,##0"):
                    wrong.append([sheet.title, cell.coordinate, "a count is in groups of three", cell.number_format])
    if sheet.title not in ("Hastigheter", "Tekniker", "Tätort och landsbygd"):
        continue
    for row in rows:
        cells = dict(zip(heads, row))
        settlement = SETTLEMENTS[cells["Bebyggelse"].value] if "Bebyggelse" in cells else "all"
        area = (LEVELS[cells["Nivå"].value], cells["Kod"].value or "", settlement)
        unit = UNITS.get(cells["Enhet"].value)
        for head, cell in cells.items():
            what, _, kind = (head or "").rpartition(", ")
            measure = MEASURES.get(what)
            expected = known.get((*area, unit, measure)) if measure else None
            if expected is None:
                continue
            compared += 1
            hidden += cell.value == ".."
            if not same(cell, expected["covered" if kind == "antal" else "share"]):
                wrong.append([sheet.title, cell.coordinate, head, cell.value, expected["covered"], expected["share"]])
            if not same(cells["Totalt"], expected["total"]) or not same(cells["Ej bedömda"], expected["unmatched"]):
                wrong.append([sheet.title, cell.coordinate, "total or unmatched", cells["Totalt"].value])

names = zipfile.ZipFile(path).namelist()
print(json.dumps({
    "sheets": sheets,
    "compared": compared,
    "hidden": hidden,
    "wrong": wrong[:20],
    "macros": [name for name in names if "vba" in name.lower()],
    "created": str(book.properties.created),
    "kommuner": [[cell.value for cell in row] for row in table(book.worksheets[0])[1]],
}))
