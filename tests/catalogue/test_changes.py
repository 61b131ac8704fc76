import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.changes import MOST_EXAMPLES, Changes, Limits, Offer, held_for


def offers(count, quantity=5, price=10.0):
    return {f"P{number}": Offer(quantity, price) for number in range(count)}


def codes(old, new, **limits):
    return [reason.code for reason in held_for(old, new, Limits(**limits))]


def test_the_first_file_goes_out():
    assert codes({}, offers(100)) == []


def test_nothing_changed_goes_out():
    assert codes(offers(100), offers(100)) == []


@pytest.mark.parametrize(("lost", "held"), [(20, []), (21, ["lost"]), (100, ["lost"])])
def test_a_file_that_loses_more_than_a_fifth_is_held(lost, held):
    old = offers(100)
    assert codes(old, dict(list(old.items())[lost:])) == held


@pytest.mark.parametrize(("zeros", "held"), [(30, []), (31, ["zero"])])
def test_a_file_that_sells_out_too_much_is_held(zeros, held):
    assert codes(offers(100), offers(100) | offers(zeros, quantity=0)) == held


def test_what_was_sold_out_before_is_no_reason():
    old = offers(100) | offers(95, quantity=0)
    assert codes(old, offers(100) | offers(95, quantity=0)) == []
    assert codes(old, offers(100, quantity=0)) == ["zero"]


def test_a_few_in_stock_among_many_sold_out_count_by_themselves():
    old = offers(1000, quantity=0) | offers(10)
    new = offers(1000, quantity=0) | offers(6)
    (reason,) = held_for(old, new)
    assert (reason.code, reason.count, reason.total) == ("zero", 4, 10)


@pytest.mark.parametrize(
    ("price", "held"),
    [
        (5.0, []),
        (4.99, ["price"]),
        (15.0, []),
        (15.01, ["price"]),
        (0.0, ["price"]),
        (1000.0, ["price"]),
    ],
)
def test_prices_that_change_by_more_than_half_are_held(price, held):
    assert codes(offers(100), offers(100) | offers(31, price=price)) == held


@pytest.mark.parametrize(("cents", "held"), [(0, []), (1, ["price"])])
def test_prices_that_rise_by_half_to_the_cent_go_out(cents, held):
    """Of floats a third would change by more than that, such as 19.98 to 29.97."""
    old = {f"P{n}": Offer(5, n * 2 / 100) for n in range(1, 1000)}
    new = {f"P{n}": Offer(5, (n * 3 + cents) / 100) for n in range(1, 1000)}
    assert codes(old, new) == held


def test_a_third_of_the_prices_may_jump():
    assert codes(offers(100), offers(100) | offers(30, price=1.0)) == []


def test_what_had_no_price_has_none_that_jumps():
    assert codes(offers(100, price=0.0), offers(100)) == []


def test_one_row_alone_is_never_held_for():
    old = offers(3)
    assert codes(old, {**old, "P0": Offer(0, 1.0)}) == []
    assert codes(old, {"P0": old["P0"], "P1": old["P1"]}) == []
    assert codes(old, {"P0": old["P0"]}) == ["lost"]


def test_at_a_hundred_percent_nothing_is_held():
    assert codes(offers(10), {}, lost=100) == []
    assert codes(offers(10), offers(10, quantity=0), zero=100) == []


def test_at_nothing_every_change_is_held():
    assert codes(offers(100), offers(100) | offers(2, quantity=0), zero=0) == ["zero"]
    assert codes(offers(100), offers(100), zero=0, lost=0, price=0) == []


def test_a_reason_has_numbers_and_examples():
    (reason,) = held_for(offers(40), offers(40) | offers(20, price=99.0))
    assert (reason.count, reason.total, reason.limit) == (20, 40, 30)
    assert reason.percent == 50
    assert len(reason.examples) == MOST_EXAMPLES
    assert reason.examples[0].identifier == "P0"
    assert reason.examples[0].old == Offer(5, 10.0)
    assert reason.examples[0].new == Offer(5, 99.0)


def test_several_reasons_are_told_together():
    new = offers(70) | offers(50, quantity=0, price=99.0)
    found = held_for(offers(100), new)
    assert [reason.code for reason in found] == ["lost", "zero", "price"]
    assert [reason.holds_quantities for reason in found] == [False, True, False]
    assert found[0].examples[0].new is None


def test_rows_that_come_are_no_reason():
    assert codes(offers(10), offers(1000)) == []


def test_rows_are_compared_one_by_one():
    changes = Changes()
    for number in range(10):
        changes.add(str(number), Offer(1, 1.0), None if number < 3 else Offer(1, 1.0))
        changes.add(f"new {number}", None, Offer(1, 1.0))
    (reason,) = changes.reasons()
    assert (reason.code, reason.count, reason.total) == ("lost", 3, 10)


offer = st.builds(Offer, st.integers(-5, 20), st.floats(0, 100))
files = st.dictionaries(st.integers(0, 30).map(str), offer)


@given(files, files)
def test_numbers_are_always_of_something(old, new):
    for reason in held_for(old, new):
        assert 0 < reason.count <= reason.total <= len(old)
        assert reason.limit < reason.percent <= 100
        assert 0 < len(reason.examples) <= min(MOST_EXAMPLES, reason.count)


@given(files, files)
def test_rows_that_say_what_they_said_may_be_counted_together(old, new):
    same = [offer for id_, offer in old.items() if new.get(id_) == offer]
    changes = Changes()
    changes.add_same(
        len(same),
        sum(offer.quantity > 0 for offer in same),
        sum(offer.price > 0 for offer in same),
    )
    for id_, offer in old.items():
        if new.get(id_) != offer:
            changes.add(id_, offer, new.get(id_))
    assert changes.reasons() == held_for(old, new)
