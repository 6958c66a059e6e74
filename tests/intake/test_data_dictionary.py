"""The data dictionary: parsed as written, described in three languages, and what typed empty tables look like."""

from __future__ import annotations

import pytest

from kamnb.errors import InputError
from kamnb.intake.dictionary import KINDS, describe_dictionary, dictionary, empty_table
from kamnb.intake.schemas import cell_schema


def test_tables_have_what_their_file_says():
    sales = dictionary()["sales"]
    assert sales.names()[:5] == ["date", "account", "product", "quantity", "net_sales"]
    account = sales.column("account")
    assert (account.kind, account.required, account.refers) == ("id", True, "accounts")
    assert sales.column("line_type").choices == ("sale", "return", "credit")
    assert dictionary()["accounts"].key == ("account",)


def test_every_reference_leads_to_a_table_with_one_key():
    for table in dictionary().values():
        for column in table.columns:
            assert not column.refers or len(dictionary()[column.refers].key) == 1
        assert set(table.key) <= set(table.names())
        assert all(table.column(part).required and table.column(part).kind == "id" for part in table.key)


def test_twins_are_known_for_texts_only():
    accounts = dictionary()["accounts"]
    assert accounts.knows("name_ja")
    assert not accounts.knows("account_ja")
    assert not accounts.knows("name_fr")


def test_empty_tables_are_typed():
    assert empty_table("sales").dtypes.astype(str).to_dict() == {
        "date": "datetime64[us]", "account": "str", "product": "str", "quantity": "float64", "net_sales": "int64",
        "list_sales": "Int64", "cost": "Int64", "margin": "Int64", "doc": "str", "line_type": "str",
        "wholesaler": "str", "store": "str"}
    with pytest.raises(InputError, match="account"):
        empty_table("acount")


@pytest.mark.parametrize("table", dictionary())
def test_schemas_know_every_column(table):
    assert list(cell_schema(table).columns) == dictionary()[table].names()


@pytest.mark.parametrize("language", ["en", "ja", "zh"])
def test_description_names_every_table_column_and_kind(language):
    text = describe_dictionary(language)
    for table in dictionary().values():
        assert f"\n## {table.name}\n" in text
        assert all(f"| `{column.name}` |" in text for column in table.columns)
    assert all(f"| {kind} |" in text for kind in KINDS)


def test_accepted_tables_have_every_column_with_its_type(border):
    for name, table in border.read().tables.items():
        assert table.dtypes.equals(empty_table(name).dtypes)
