"""Prints, as JSON, what a PDF is made of: by page, a validator of PDF/UA-1, and by pikepdf, which is qpdf.

page knows 134 rules of PDF/UA-1; the rest of what is printed are its tags, outline and metadata, walked here."""

import json
import sys

import page
import pikepdf

path = sys.argv[1]
found = page.validate_pdf(path, profile="ua1")
pdf = pikepdf.open(path)
root = pdf.Root


def text(value):
    return None if value is None else str(value)


def children(element):
    kids = element.get("/K")
    if kids is None:
        return []
    kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


roles = {str(key): str(value) for key, value in root.StructTreeRoot.get("/RoleMap", pikepdf.Dictionary()).items()}
tags = []


def walk(element, above):
    kind = str(element.S)
    kind = roles.get(kind, kind)
    tag = {"kind": kind.strip("/"), "alt": text(element.get("/Alt")), "in": above, "scope": None}
    attributes = element.get("/A")
    for attribute in list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]:
        if isinstance(attribute, pikepdf.Dictionary) and "/Scope" in attribute:
            tag["scope"] = str(attribute.Scope)
    tags.append(tag)
    for child in children(element):
        walk(child, tag["kind"])


for top in children(root.StructTreeRoot):
    walk(top, None)

outline = []


def entries(items, depth):
    for item in items:
        outline.append([depth, item.title])
        entries(item.children, depth + 1)


with pdf.open_outline() as tree:
    entries(tree.root, 1)

fonts = {}
seen = set()


def resources(holder):
    """Fonts of a page and of the forms that it draws."""
    found = holder.get("/Resources")
    if found is None:
        return
    for font in found.get("/Font", pikepdf.Dictionary()).values():
        inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = inner.FontDescriptor
        embedded = any(key in descriptor for key in ["/FontFile", "/FontFile2", "/FontFile3"])
        fonts[str(font.BaseFont)] = embedded and "/ToUnicode" in font
    for form in found.get("/XObject", pikepdf.Dictionary()).values():
        if form.objgen not in seen:
            seen.add(form.objgen)
            resources(form)


images = 0
links = []
for number, sheet in enumerate(pdf.pages):
    resources(sheet)
    for annotation in sheet.get("/Annots", []):
        action = annotation.get("/A", pikepdf.Dictionary())
        links.append([text(annotation.get("/Contents")), text(action.get("/URI"))])
for thing in pdf.objects:
    if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
        images += 1

print(
    json.dumps(
        {
            "rules": found.rules.total,
            "failures": sorted({f"{failure.rule_id}: {failure.message}" for failure in found.failures}),
            "conforms": found.is_compliant,
            "language": text(root.get("/Lang")),
            "marked": bool(root.MarkInfo.Marked),
            "title": text(pdf.docinfo.get("/Title")),
            "title_shown": bool(root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle", False)),
            "dates": [str(key) for key in pdf.docinfo.keys() if "Date" in str(key)],
            "ua_part": text(pdf.open_metadata().get("pdfuaid:part")),
            "sizes": sorted({tuple(round(float(x)) for x in sheet.MediaBox[2:]) for sheet in pdf.pages}),
            "pages": len(pdf.pages),
            "tags": tags,
            "outline": outline,
            "fonts": fonts,
            "images": images,
            "links": links,
        }
    )
)
