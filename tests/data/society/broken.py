"""Files that ImportMembers must refuse, and how."""

COLUMNS = [
    "email",
    "full_name",
    "company",
    "category",
    "started_on",
    "paid_through",
    "letters",
    "representative",
    "company_category",
]
_HEADER = ",".join(COLUMNS)


def _file(*lines, header=_HEADER):
    return "".join(line + "\n" for line in (header, *lines)).encode()


FILES = {
    # The é of the second row is ISO 8859-1.
    "broken-utf8.csv": _file(
        "ada.broken@solo.example,Ada Broken,,registered,2022-01-10,,,,",
        "rene.broken@solo.example,René Broken,,registered,2022-01-11,,,,",
    ).replace("é".encode(), "é".encode("latin-1")),
    # No column `category`, and one nobody asked for.
    "wrong-columns.csv": _file(
        "ada.broken@solo.example,Ada Broken,,blue,2022-01-10",
        header="email,full_name,company,favourite_colour,started_on",
    ),
    # Line 4 repeats line 2 in other case.
    "duplicate-email.csv": _file(
        "ada.broken@solo.example,Ada Broken,,registered,2022-01-10,,,,",
        "ben.broken@solo.example,Ben Broken,,registered,2022-01-10,,,,",
        "Ada.Broken@Solo.example,Ada Broken the Second,,registered,2022-01-10,,,,",
    ),
    # 2023 has no 29 February, 2024 has one; June has thirty days; the last date is not written as asked for.
    "bad-dates.csv": _file(
        "ada.broken@solo.example,Ada Broken,,professional,2022-03-01,2023-02-29,2,,",
        "ben.broken@solo.example,Ben Broken,,professional,2022-03-01,2024-02-29,2,,",
        "cem.broken@solo.example,Cem Broken,,professional,2022-06-31,2023-06-29,2,,",
        "dot.broken@solo.example,Dot Broken,,professional,2022-03-01,28/02/2023,2,,",
    ),
    "unknown-category.csv": _file(
        "ada.broken@solo.example,Ada Broken,,platinum,2022-03-01,2023-02-28,2,,",
        "ben.broken@solo.example,Ben Broken,,professional,2022-03-01,2023-02-28,2,,",
        "cem.broken@solo.example,Cem Broken,Broken IT,professional,2022-03-01,2023-02-28,2,yes,golden",
    ),
}


def _problems(*problems):
    return [{"line": line, "column": column, "reason": reason} for line, column, reason in problems]


EXPECTED = [
    {"file": "broken-utf8.csv", "call_reason": "CSV_ENCODING_INVALID"},
    {"file": "wrong-columns.csv", "call_reason": "CSV_COLUMNS_INVALID"},
    {"file": "duplicate-email.csv", "problems": _problems((4, "email", "EMAIL_DUPLICATE"))},
    {
        "file": "bad-dates.csv",
        "problems": _problems(
            (2, "paid_through", "DATE_INVALID"),
            (4, "started_on", "DATE_INVALID"),
            (5, "paid_through", "DATE_INVALID"),
        ),
    },
    {
        "file": "unknown-category.csv",
        "problems": _problems(
            (2, "category", "CATEGORY_UNKNOWN"), (4, "company_category", "CATEGORY_UNKNOWN")
        ),
    },
]
