"""Exports, prints, deletions, selections and digests, each with few and many records.

Ten times as many take ten times as long, and hardly more memory: each is done batch by
batch, and what is through is left behind. It takes some minutes, so it runs by name
alone: ``make bench B=bench_growth``. ``LENGOW_GROWTH=digest,print`` in the environment
leaves out the others, and a number among the names divides how many records there are.
"""

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
import io

from backlog import create_products
from growth import Growth
from many_orders import create_orders
from payloads import payload
from psycopg2.extras import Json

from odoo.tools import SQL
from odoo.tools.pdf import DecodedStreamObject, NameObject, PdfFileWriter

WANTED = os.environ.get("LENGOW_GROWTH", "").split(",")
PARTS = {"export", "print", "deletion", "selection", "digest"}
PARTS = PARTS.intersection(WANTED) or PARTS
SHARE = next((int(word) for word in WANTED if word.isdigit()), 1)
FEW, MANY = 10_000 // SHARE, 100_000 // SHARE
PRINTED = 50, 500
DELETED = 2_000 // SHARE, 20_000 // SHARE
CHOSEN = 500 // SHARE, 5_000 // SHARE
ERRORS = 1_000 // SHARE, 10_000 // SHARE
FILE_SIZE = 60_000
# What a person waits until it is said how far it is.
MOST_SECONDS = 5

# Few go on in the background as many do, so that the same is compared.
for module, *limits in (
    ("models.inbox.lengow_order", "MOST_REFRESHED", "MOST_IMPORTED"),
    ("wizards.lengow_document_print", "MOST_AT_ONCE"),
    ("wizards.lengow_order_export", "MOST_AT_ONCE"),
):
    for limit in limits:
        setattr(sys.modules[f"odoo.addons.lengow_connector.{module}"], limit, 1)

growth = Growth(env)
Order = env["lengow.order"]
background = env["lengow.background"]
create_products(env)


def shop(name):
    account = env["lengow.account"].create({"name": name, "import_max_age_days": 0})
    marketplace = env["lengow.marketplace"].create(
        {"account_id": account.id, "code": "bench", "name": name, "is_known": True,
         "definition": {"name": name}}
    )  # fmt: skip
    account.state = "connected"
    return account, marketplace


def run(task):
    """Take a task through, as the scheduled action does."""
    while task.state in ("waiting", "running"):
        background._run()
    if task.state != "done":
        sys.exit(f"{task.kind} ended as {task.state}: {task.message}")


def clicked(name, click):
    """Do what a click does, and see how long that takes."""
    env.invalidate_all()
    began = time.perf_counter()
    action = click()
    growth.hold(f"click, {name}", time.perf_counter() - began, MOST_SECONDS, "s")
    return env["lengow.task"].browse(action["res_id"])


# === EXPORT === #


def measure_export():
    """Export 10,000 and 100,000 orders in both formats."""
    account, marketplace = shop("Exports")
    create_orders(env, account, marketplace, FEW + MANY)
    env.cr.execute(
        "UPDATE lengow_order SET payload = %s WHERE account_id = %s",
        [Json(payload(1)), account.id],
    )
    ours = Order.search([("account_id", "=", account.id)], order="id").ids

    def exporting(ids, file_format):
        def export():
            wizard = env["lengow.order.export"].create(
                {"scope": "filter", "order_domain": [("id", "in", ids)],
                 "file_format": file_format}
            )  # fmt: skip
            task = clicked(f"export of {len(ids)}", wizard.action_export)
            run(task)
            print(f"      a file of {task.file_id.file_size / 1024**2:.1f} MB")
            return len(ids)

        return export

    for file_format in ("xlsx", "csv"):
        growth.compare(
            f"export as {file_format}",
            exporting(ours[:FEW], file_format),
            exporting(ours[FEW:], file_format),
            # the file itself is handed over to Odoo as a whole
            memory=150,
        )


# === PRINT === #


def measure_print():
    """Print 50 and 500 documents."""

    def stored_pdf():
        writer = PdfFileWriter()
        page = writer.add_blank_page(width=200, height=200)
        stream = DecodedStreamObject()
        stream.set_data(os.urandom(FILE_SIZE))
        page[NameObject("/Data")] = writer._add_object(stream)
        with io.BytesIO() as file:
            writer.write(file)
            return file.getvalue()

    def create_documents(ids):
        documents = env["lengow.document"].create(
            [
                {"order_id": id_, "remote_key": "bench", "name": "a.pdf",
                 "kind": "invoice", "state": "fetched"}
                for id_ in ids
            ]
        )  # fmt: skip
        for document in documents:
            document.attachment_id = env["ir.attachment"].create(
                {"name": "a.pdf", "raw": stored_pdf(), "mimetype": "application/pdf",
                 "res_model": document._name, "res_id": document.id}
            )  # fmt: skip
        return documents

    def printing(documents):
        def print_all():
            job = env["lengow.document.print"].create(
                {"res_model": documents._name, "res_ids": documents.ids}
            )
            run(clicked(f"print of {len(documents)}", job.action_print))
            return len(documents)

        return print_all

    account, marketplace = shop("Prints")
    create_orders(env, account, marketplace, sum(PRINTED))
    ours = Order.search([("account_id", "=", account.id)], order="id").ids
    documents = create_documents(ours)
    growth.compare(
        "print",
        printing(documents[: PRINTED[0]]),
        printing(documents[PRINTED[0] :]),
        # the PDF that grows is in memory, and once more when it is handed over
        memory=3 * PRINTED[1] * FILE_SIZE / 1024**2,
    )


# === DELETION === #


def create_buyers(count):
    """Create old orders of as many buyers; return their account."""
    account, marketplace = shop("Deletions")
    create_orders(env, account, marketplace, count)
    buyers = []
    for first in range(0, count, 1000):
        partners = env["res.partner"].create(
            [
                {"name": f"Buyer {n}", "email": f"b{n}@example.com",
                 "street": f"{n} rue du Test", "lengow_customer_ref": f"D-{n}",
                 "lengow_marketplace_id": marketplace.id}
                for n in range(first, min(first + 1000, count))
            ]
        )  # fmt: skip
        buyers += partners.ids
        env.cr.commit()
        env.invalidate_all()
    orders = Order.search([("account_id", "=", account.id)], order="id").ids
    env.cr.execute(
        SQL(
            """
            UPDATE lengow_order
               SET partner_id = pairs.buyer_id, payload = %s
              FROM unnest(%s, %s) AS pairs (order_id, buyer_id)
             WHERE lengow_order.id = pairs.order_id
            """,
            Json(payload(2)),
            orders,
            buyers,
        )
    )
    env.cr.execute("ANALYZE")
    env.invalidate_all()
    return account


def measure_deletion():
    """Delete the data of 2,000 and 20,000 buyers."""
    account = create_buyers(sum(DELETED))
    due = Order.search([("account_id", "=", account.id)], order="id")
    account.anonymise_orders = True

    def deleting(orders):
        def delete():
            run(background._begin("anonymise", orders, account_id=account.id))
            if left := orders.filtered(lambda order: not order.anonymised_at):
                sys.exit(f"{len(left)} buyers are left")
            return len(orders)

        return delete

    def preview():
        dialog = env["lengow.order.anonymise"].create({"account_id": account.id})
        return bool(dialog.read(["order_count", "kept", "listing"]))

    began = time.perf_counter()
    preview()
    growth.hold(
        "the dialog of a deletion", time.perf_counter() - began, MOST_SECONDS, "s"
    )
    growth.compare(
        "deletion of buyers",
        deleting(due[: DELETED[0]]),
        deleting(due[DELETED[0] :]),
        memory=50,
    )


# === SELECTIONS === #


def measure_selection():
    """Refresh and import 500 and 5,000 chosen orders."""
    account, _marketplace = shop("Selections")
    for first in range(0, sum(CHOSEN), 100):
        page = [payload(n) for n in range(first, min(first + 100, sum(CHOSEN)))]
        env["lengow.inbox"]._store(account, page)
        env.cr.commit()
    chosen = Order.search([("account_id", "=", account.id)], order="id")

    class Lengow:
        """Answers as Lengow does, without the time of the way there."""

        def get_order(self, _marketplace, number, **_options):
            """Return an order as it was stored."""
            return payload(int(number.removeprefix("N-")))

    @contextmanager
    def client(_account):
        yield Lengow()

    type(account)._get_client = client
    type(account)._check_connected = lambda _account: None

    def doing(action, orders):
        def do():
            run(clicked(f"{action} of {len(orders)}", getattr(orders, action)))
            return len(orders)

        return do

    few, many = chosen[: CHOSEN[0]], chosen[CHOSEN[0] :]
    for name, action in (("refresh", "action_refresh"), ("import", "action_import")):
        growth.compare(
            f"{name} of a selection", doing(action, few), doing(action, many), memory=50
        )
    if wrong := chosen.filtered(lambda order: order.import_state != "imported"):
        sys.exit(f"{len(wrong)} orders are not imported: {wrong[0].error_message}")


# === DIGEST === #


def measure_digest():
    """Tell of 1,000 and 10,000 orders in error."""
    account, marketplace = shop("Errors")
    create_orders(env, account, marketplace, sum(ERRORS))
    broken = Order.search([("account_id", "=", account.id)], order="id").ids
    env.user.email = "bench@example.com"
    account.user_id = env.user

    def telling(ids):
        def tell():
            env.cr.execute(
                SQL(
                    "UPDATE lengow_order SET import_state = 'error', "
                    "is_error_new = TRUE, error_code = 'product_unknown', "
                    "error_message = 'No ' || id %% 50 "
                    "WHERE id = ANY(%s)",
                    ids,
                )
            )
            env.invalidate_all()
            env["lengow.todo"]._settle_errors()
            return len(ids)

        return tell

    growth.compare("digest of errors", telling(broken[: ERRORS[0]]),
                   telling(broken[ERRORS[0] :]), memory=30)  # fmt: skip
    if left := Order.search_count([("is_error_new", "=", True)]):
        sys.exit(f"{left} errors are left")


MEASURED = {
    "export": measure_export,
    "print": measure_print,
    "deletion": measure_deletion,
    "selection": measure_selection,
    "digest": measure_digest,
}
for part, measure in MEASURED.items():
    if part in PARTS:
        measure()

if growth.broken:
    sys.exit(f"Bounds that are not kept: {', '.join(growth.broken)}")
