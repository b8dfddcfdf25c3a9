"""Files as people export them become tables; what cannot be told is refused with its place, before anything is done."""

import contextlib
import csv
import io
import random
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lightfield_server.model.problems import Problem
from lightfield_server.transfer import reading
from lightfield_server.transfer.cells import escaped, unescaped
from lightfield_server.transfer.table import LONGEST_CELL, MOST_COLUMNS


def file(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table(path: Path, format: str = "csv", **options):
    """(columns, rows with their numbers)."""
    inspection = reading.inspected(path, format, **options)
    with reading.opened(path, inspection.layout) as rows:
        return inspection.layout.columns, [(row.number, row.cells) for row in rows]


def refused(path: Path, format: str = "csv", **options) -> str:
    with pytest.raises(Problem) as problem:
        reading.inspected(path, format, **options)
    assert problem.value.status in (400, 413, 422)
    return problem.value.message


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_delimiter_and_encoding_are_found_out(tmp_path, delimiter, encoding):
    text = f"Näme{delimiter}Straße\r\n" + f'Müller, "Söhne"{delimiter}Weg 1\r\n'.replace('"', "") * 5
    rows = [["Müller, Söhne", "Weg 1"]]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([["Näme", "Straße"], *rows * 5])
    columns, found = table(file(tmp_path, text.getvalue().encode(encoding)))
    assert columns == ("Näme", "Straße")
    assert [cells for _, cells in found] == rows * 5


def test_texts_in_other_scripts_are_told_from_western_ones(tmp_path):
    text = "Имя;Город\n" + "Анна Каренина;Санкт-Петербург\nЛев Толстой;Ясная Поляна\n" * 20
    columns, _ = table(file(tmp_path, text.encode("cp1251")))
    assert columns == ("Имя", "Город")


def test_quotes_new_lines_and_blank_rows_keep_their_places(tmp_path):
    content = 'a,b\n"one ""1""","two\nlines"\n\n,\nx,y\n'
    _, rows = table(file(tmp_path, content))
    assert rows == [(2, ['one "1"', "two\nlines"]), (5, ["x", "y"])]


def test_headers_may_be_empty_repeated_or_untidy(tmp_path):
    columns, rows = table(file(tmp_path, " Name ,,Name,E  mail,\n1,2,3,4,\n"))
    assert columns == ("Name", "Column B", "Name (2)", "E mail")
    assert rows == [(2, ["1", "2", "3", "4"])]


def test_a_short_row_is_filled_and_a_long_one_is_told(tmp_path):
    path = file(tmp_path, "a,b\n1\n1,2,3\n1,2,,\n")
    inspection = reading.inspected(path, "csv")
    with reading.opened(path, inspection.layout) as rows:
        found = list(rows)
    assert [row.cells for row in found] == [["1", None], ["1", "2", "3"], ["1", "2"]]
    assert [reading.too_wide(row, inspection.layout) is None for row in found] == [True, False, True]


def test_excel_may_say_what_its_delimiter_is(tmp_path):
    columns, rows = table(file(tmp_path, "sep=;\na;b\n1,5;2\n"))
    assert (columns, rows) == (("a", "b"), [(3, ["1,5", "2"])])


def test_reading_goes_on_after_any_row(tmp_path):
    path = file(tmp_path, "a,b\n" + "".join(f"{n},x\n" for n in range(100)))
    layout = reading.inspected(path, "csv").layout
    with reading.opened(path, layout, after=51) as rows:
        assert next(rows).cells == ["50", "x"]


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=60)
@given(rows=st.lists(st.lists(words, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_csv_writes_is_read_back(rows, tmp_path_factory):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["a", "b", "c"], *rows])
    path = file(tmp_path_factory.mktemp("csv"), text.getvalue())
    _, found = table(path, encoding="utf-8", delimiter=",")
    assert [cells for _, cells in found] == [row for row in rows if any(cell.strip() for cell in row)]


@given(st.text(st.sampled_from("'=+-@\t\r a1"), max_size=6))
def test_an_apostrophe_before_a_formula_is_taken_off_exactly(text):
    cell = escaped(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (unescaped(cell) if cell else cell) == text


# What is wrong with a file


def test_a_broken_quote_is_told_by_the_line_where_it_opens(tmp_path):
    rows = "".join(f'{n},"two\nlines {n}"\n' for n in range(10))
    path = file(tmp_path, f'a,b\n{rows}x,"not closed\n' + "more,rows\n" * 50)
    assert refused(path).startswith("Line 22, column 2: a quote opens here and does not close.")
    path = file(tmp_path, 'a,b\n1,2\n"x"y,3\n')
    assert "Row 3, line 3: something follows a closing quote" in refused(path)


def test_a_quote_that_swallows_the_file_takes_bounded_memory(tmp_path):
    path = file(tmp_path, 'a,b\n1,"open\n' + "x" * 99 + "\n")
    with path.open("a") as more:
        for _ in range(300):
            more.write(("y" * 99 + "\n") * 1_000)
    tracemalloc.start()
    assert refused(path, encoding="utf-8").startswith("Line 2, column 2: a quote opens here")
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def test_mixed_encodings_are_told_by_their_lines(tmp_path):
    good, bad = "Müller,1\n".encode(), "Müller,1\n".encode("latin-1")
    message = refused(file(tmp_path, b"Name,N\n" + good * 3 + bad + good))
    assert "mixes encodings: line 5 is not UTF-8" in message
    message = refused(file(tmp_path, b"Name,N\n" + bad * 3 + good))
    assert "mixes encodings: line 2 is not UTF-8 and line 5 can be nothing else" in message
    assert "Line 3 is not utf-8" in refused(file(tmp_path, b"a\nb\n" + bad), encoding="utf-8")


def test_caps_are_named_with_row_and_column(tmp_path):
    assert f"at most {MOST_COLUMNS:,}" in refused(file(tmp_path, ",".join(f"c{n}" for n in range(10_000)) + "\n1\n"))
    wide = "a,b\n" + "," * 10_000 + "\n"
    assert refused(file(tmp_path, wide)).startswith("Row 2 has 10,001 columns")
    long = f'a,b\n1,"{"x" * (LONGEST_CELL + 1)}"\n'
    assert (
        refused(file(tmp_path, long))
        == f"Row 2, column 2, from line 2: a cell is longer than {LONGEST_CELL:,} characters."
    )
    endless = "a,b\n" + "x" * 9_000_000
    assert "Row 2" in refused(file(tmp_path, endless)) or "line 2" in refused(file(tmp_path, endless))


@pytest.mark.parametrize("content", ["", "\n\n", " , \n"])
def test_an_empty_file_is_refused(tmp_path, content):
    assert refused(file(tmp_path, content)).startswith("The file is empty")


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl"])
def test_noise_is_refused_or_read_and_never_a_fault(tmp_path, format):
    rng = random.Random(7)
    for round in range(40):
        content = rng.randbytes(rng.choice([1, 10, 1_000, 20_000]))
        path = file(tmp_path, content, f"{round}.{format}")
        with contextlib.suppress(Problem):
            assert reading.inspected(path, format).layout.columns


# XLSX


def workbook(path: Path, rows, title: str = "Sheet") -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_has_values_of_their_own_types(tmp_path):
    when = datetime(2017, 12, 31, 14, 30)
    path = workbook(
        tmp_path / "a.xlsx", [["Name", "When", "Sum", "Yes"], ["Acme", when, 1.5, True], [], [None, None, 3, None]]
    )
    columns, rows = table(path, "xlsx")
    assert columns == ("Name", "When", "Sum", "Yes")
    assert rows == [(2, ["Acme", when, 1.5, True]), (4, [None, None, 3, None])]


def test_a_sheet_is_chosen_by_its_name(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["A"], [1]], "Deals")
    assert table(path, "xlsx", sheet="Deals")[0] == ("A",)
    assert "There are: 'Deals'" in refused(path, "xlsx", sheet="People")


def test_a_workbook_that_unpacks_beyond_measure_is_refused_unread(tmp_path):
    path = tmp_path / "bomb.xlsx"
    workbook(tmp_path / "a.xlsx", [["A"], [1]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>")
            bomb.writestr(part, content)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    assert "unpacks to more than 200 times its size" in refused(path, "xlsx")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_entities_and_things_that_are_no_workbook_are_refused(tmp_path):
    path = tmp_path / "entities.xlsx"
    workbook(tmp_path / "a.xlsx", [["A"], [1]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as source, zipfile.ZipFile(path, "w") as bomb:
        for part in source.namelist():
            content = source.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + content
            bomb.writestr(part, content)
    assert "declarations in it that no spreadsheet writes" in refused(path, "xlsx")
    assert "not an XLSX workbook" in refused(file(tmp_path, "a,b\n", "x.xlsx"), "xlsx")
    assert "packed file" in refused(file(tmp_path, path.read_bytes()))


def test_dimensions_that_lie_cost_nothing(tmp_path):
    path = tmp_path / "wide.xlsx"
    workbook(tmp_path / "a.xlsx", [["A", "B"], [1, 2]])
    with zipfile.ZipFile(tmp_path / "a.xlsx") as source, zipfile.ZipFile(path, "w") as wide:
        for part in source.namelist():
            content = source.read(part)
            wide.writestr(part, content.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"'))
    assert table(path, "xlsx") == (("A", "B"), [(2, [1, 2])])


# JSONL


def test_each_line_is_an_object_and_all_keys_are_columns(tmp_path):
    columns, rows = table(file(tmp_path, '{"a": 1}\n\n{"b": [2], "a": null}\n'), "jsonl")
    assert columns == ("a", "b")
    assert rows == [(1, [1, None]), (3, [None, [2]])]


@pytest.mark.parametrize("line", ["[1]", "{", '{"a": 1} {"b": 2}', "null", '{"a": \xff}'])
def test_a_line_that_is_no_object_is_told(tmp_path, line):
    assert refused(file(tmp_path, '{"a": 1}\n' + line + "\n"), "jsonl").startswith("Line 2 is not a JSON object")
