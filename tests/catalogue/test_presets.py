import pytest

from catalogue.headers import clashes, is_header
from catalogue.presets import PRESETS

PRICES = """
price_excl_tax price_incl_tax price_before_discount_excl_tax
price_before_discount_incl_tax
"""
DISCOUNT = "discount_percent discount_start_date discount_end_date"
IMAGES = " ".join(f"image_url_{number}" for number in range(1, 11))
# What the plugins send, in their order.
HEADERS = {
    "magento": f"""
        id sku name child_name quantity status category url {PRICES} discount_amount
        {DISCOUNT} shipping_method shipping_cost currency image_default {IMAGES} type
        parent_id variation language description description_html description_short
        description_short_html
    """,
    "prestashop": f"""
        id sku sku_supplier ean upc isbn name quantity minimal_quantity availability
        is_virtual condition category status url url_rewrite {PRICES} price_wholesale
        {DISCOUNT} ecotax shipping_cost shipping_delay currency {IMAGES} type parent_id
        variation language description description_html description_short
        description_short_html tags meta_title meta_keyword meta_description
        manufacturer supplier weight weight_unit width height depth size_unit
    """,
    "shopware": f"""
        id sku sku_supplier ean name quantity stock status category url {PRICES}
        discount_amount {DISCOUNT} shipping_method shipping_cost shipping_delay
        size_unit weight_unit weight width height length minimal_quantity currency
        {IMAGES} type parent_id variation language description_short description
        description_html meta_title meta_keyword supplier release_date
    """,
    "woocommerce": f"""
        id sku name quantity availability is_virtual is_downloadable is_featured
        is_on_sale average_rating rating_count category status url {PRICES}
        discount_amount_excl_tax discount_amount_incl_tax {DISCOUNT} shipping_class
        shipping_cost currency image_product {IMAGES} type parent_id variation language
        description description_html description_short description_short_html tags
        weight dimensions brand
    """,
}
SOURCES = {
    "standard": {"standard"},
    "price": {"price_kind"},
    "quantity": {"quantity_kind"},
}
every_preset = pytest.mark.parametrize("name", PRESETS)


def by_header(name):
    return {column.header: column for column in PRESETS[name]}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_those_of_the_plugin(name):
    assert [column.header for column in PRESETS[name]] == HEADERS[name].split()


@every_preset
def test_no_two_headers_of_a_preset_are_alike(name):
    headers = [column.header for column in PRESETS[name]]
    assert clashes(headers) == []
    assert all(map(is_header, headers))


@every_preset
def test_every_column_says_where_its_values_come_from(name):
    for column in PRESETS[name]:
        given = column.values().keys() - {"header", "source", "constant"}
        assert given == SOURCES.get(column.source, set())
        assert column.source in (*SOURCES, "constant")


@every_preset
def test_every_preset_has_what_no_catalogue_can_do_without(name):
    columns = by_header(name)
    assert columns["id"].standard == "id"
    assert columns["parent_id"].standard == "parent_id"
    assert columns["type"].standard == "type"
    assert columns["name"].standard == "name"
    assert columns["status"].standard == "status"
    assert columns["quantity"].quantity_kind == "sellable"
    assert columns["price_incl_tax"].price_kind == "incl"
    assert columns["price_excl_tax"].price_kind == "excl"
    assert columns["discount_start_date"].price_kind == "start"
    assert columns["discount_end_date"].price_kind == "end"
    assert columns["image_url_1"].standard


def test_our_own_preset_has_no_column_that_stays_empty():
    assert {column.source for column in PRESETS["lengow"]} == set(SOURCES)
    for name in ("brand", "hs_code", "country_of_origin", "ean", "weight"):
        assert by_header("lengow")[name].standard == name


def test_what_a_product_costs_is_told_nobody():
    assert by_header("prestashop")["price_wholesale"].values() == {
        "header": "price_wholesale",
        "source": "constant",
    }


def test_pictures_beside_the_main_one_begin_with_the_second():
    columns = by_header("woocommerce")
    assert columns["image_product"].standard == "image_1"
    assert columns["image_url_1"].standard == "image_2"
    assert columns["image_url_9"].standard == "image_10"
    assert columns["image_url_10"].values()["source"] == "constant"
    assert by_header("magento")["image_url_10"].standard == "image_10"


def test_what_a_column_is_stands_in_its_values():
    columns = by_header("shopware")
    assert columns["stock"].values() == {
        "header": "stock",
        "source": "quantity",
        "quantity_kind": "on_hand",
    }
    assert by_header("prestashop")["condition"].values()["constant"] == "new"
