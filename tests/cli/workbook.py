"""What a spreadsheet program finds in a workbook, read with the standard library alone.

    workbook.py sheets FILE                 the names of its sheets, one a line
    workbook.py links FILE                  cells of the first sheet that lead to others: "A2 'net 0'!A1"
    workbook.py same FILE SHEET TITLE=CSV.. is SHEET made of these tables? TITLE is empty for one alone
"""
import csv
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


class Workbook:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)
        assert self.zip.testzip() is None
        for name in self.zip.namelist():
            if name.endswith((".xml", ".rels")):
                xml.fromstring(self.zip.read(name))  # all of it is XML
        files = {one.get("Id"): one.get("Target") for one in self.part("_rels/workbook.xml.rels")}
        self.sheets = {one.get("name"): files[one.get(REL + "id")] for one in self.part("workbook.xml").iter(MAIN + "sheet")}
        self.strings = ["".join(t.text or "" for t in one.iter(MAIN + "t")) for one in self.part("sharedStrings.xml")]
        styles = self.part("styles.xml")
        bold = [font.find(MAIN + "b") is not None for font in styles.find(MAIN + "fonts")]
        self.bold = [bold[int(one.get("fontId"))] for one in styles.find(MAIN + "cellXfs")]
        self.number_format = [int(one.get("numFmtId")) for one in styles.find(MAIN + "cellXfs")]

    def part(self, name):
        return xml.fromstring(self.zip.read("xl/" + name))

    def cells(self, sheet):
        """{(row, column): (value, style)}, both from 0; numbers are float."""
        out = {}
        for cell in self.part(self.sheets[sheet]).iter(MAIN + "c"):
            letters, row = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r")).groups()
            column = 0
            for letter in letters:
                column = 26 * column + ord(letter) - 64
            text = cell.find(MAIN + "v").text
            value = self.strings[int(text)] if cell.get("t") == "s" else float(text)
            out[int(row) - 1, column - 1] = (value, int(cell.get("s", 0)))
        return out

    def frozen_rows(self, sheet):
        pane = self.part(self.sheets[sheet]).find(f".//{MAIN}pane")
        return int(pane.get("ySplit")) if pane is not None and pane.get("state") == "frozen" else 0


def number(text):
    """The number that a table's field stands for, or None: the rules of core/src/csv_file.h."""
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]*)?(e[-+]?[0-9]+)?", text) or re.fullmatch("-?[0-9]{16,}", text):
        return None
    return float(text)


def expect(condition, what):
    if not condition:
        sys.exit("workbook: " + what)


def same(book, sheet, tables):
    expect(sheet in book.sheets, f"no sheet {sheet!r}; there are {sorted(book.sheets)}")
    cells = book.cells(sheet)
    row = 0
    for title, path in tables:
        if title:
            expect(cells.pop((row, 0), (None,))[0] == title, f"{sheet} row {row}: not the title {title!r}")
            row += 1
        with open(path, newline="") as file:
            lines = list(csv.reader(file))
        expect(len(lines) > 1, f"{path} has no rows")
        for is_header, line in [(True, lines[0])] + [(False, line) for line in lines[1:]]:
            for column, text in enumerate(line):
                value, style = cells.pop((row, column), (None, 0))
                where = f"{sheet} row {row} column {column}: {value!r} for {text!r}"
                wanted = None if is_header else number(text)
                if text == "":
                    expect(value is None, where)
                elif wanted is None:
                    expect(value == text, where)
                else:  # 16 digits are stored
                    expect(isinstance(value, float) and abs(value - wanted) <= 1e-15 * abs(wanted), where)
                    expect(book.number_format[style] != 0, where + ": no number format")
                expect(book.bold[style] == is_header or text == "", where + ": bold or not")
            row += 1
        row += 1
    expect(not cells, f"{sheet} has more cells: {sorted(cells)[:3]}")
    expect(book.frozen_rows(sheet) == (1 if len(tables) == 1 else 0), f"{sheet}: the header does not stay in sight")


def main(verb, path, *rest):
    book = Workbook(path)
    if verb == "sheets":
        print("\n".join(book.sheets))
    elif verb == "links":
        first = next(iter(book.sheets))
        for link in book.part(book.sheets[first]).iter(MAIN + "hyperlink"):
            print(link.get("ref"), link.get("location"))
    elif verb == "same":
        same(book, rest[0], [one.split("=", 1) for one in rest[1:]])
    else:
        sys.exit(f"unknown: {verb}")


main(*sys.argv[1:])
