import json

import pytest

from dev import upgrade


class FakeServer:
    """Two databases as psql shows them: columns and rows of tables."""

    def __init__(self, **databases):
        self.databases = databases

    def query(self, sql, database):
        tables = self.databases[database]
        if "information_schema" in sql:
            return [
                f"{table}|{column}"
                for table, rows in tables.items()
                for column in (rows[0] if rows else {"id": 1})
            ]
        table = sql.split('"')[1]
        return [json.dumps(row) for row in tables[table]]


ORDERS = [
    {"id": 1, "name": "A", "write_date": "x"},
    {"id": 2, "name": "B", "write_date": "x"},
]


def compared(after):
    server = FakeServer(before={"lengow_order": ORDERS}, after=after)
    return list(upgrade.compare(server, "before", "after"))


def test_new_rows_new_columns_and_the_date_of_the_update_are_no_loss():
    after = [
        {**row, "write_date": "y", "extra": 1}
        for row in [*ORDERS, {**ORDERS[0], "id": 3}]
    ]
    (table,) = compared({"lengow_order": after})
    assert table.is_kept
    assert (table.rows_before, table.rows_after) == (2, 3)
    assert table.new_columns == ["extra"]


@pytest.mark.parametrize(
    ("after", "lost", "changes"),
    [
        ({"lengow_order": ORDERS[:1]}, [], ["row 2 is gone"]),
        (
            {"lengow_order": [{**row, "name": "C"} for row in ORDERS]},
            [],
            ["row 1: name was 'A'", "row 2: name was 'B'"],
        ),
        (
            {"lengow_order": [{"id": row["id"], "write_date": "x"} for row in ORDERS]},
            ["name"],
            [],
        ),
        ({}, ["id", "name", "write_date"], ["row 1 is gone", "row 2 is gone"]),
    ],
)
def test_what_an_upgrade_loses_is_named(after, lost, changes):
    (table,) = compared(after)
    assert not table.is_kept
    assert table.lost_columns == lost
    assert table.changed_rows == changes
