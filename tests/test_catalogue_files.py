"""What Lengow, and everybody else, gets at the address of a catalog."""

import csv
import gzip
import io
import random
import re
from unittest.mock import patch

import requests
from lxml import etree

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..catalogue import unpacking
from .common.catalogue_files import HEADERS, ROWS, CatalogueFilesCase, written


@tagged("post_install", "-at_install")
class TestCatalogueFiles(CatalogueFilesCase):
    def test_every_file_comes_as_it_was_published(self):
        for name, kind in (
            ("catalogue.csv", "text/csv; charset=utf-8"),
            ("catalogue.xml", "application/xml; charset=utf-8"),
            ("catalogue.json", "application/json"),
            ("stock.csv", "text/csv; charset=utf-8"),
        ):
            with self.subTest(name=name):
                answer = self.fetch(self.path(name))
                content = written(name.split(".")[1])
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.content, content)
                self.assertEqual(answer.headers["Content-Type"], kind)
                self.assertEqual(answer.headers["Content-Length"], str(len(content)))
                self.assertIn(name, answer.headers["Content-Disposition"])

    def test_strict_readers_understand_each_format(self):
        text = self.fetch(self.path()).content.decode()
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="|", strict=1))
        self.assertEqual([tuple(row) for row in rows], [HEADERS, *ROWS])
        tree = etree.fromstring(self.fetch(self.path("catalogue.xml")).content)
        self.assertEqual([tuple(p.itertext()) for p in tree], list(ROWS))
        products = self.fetch(self.path("catalogue.json")).json()["catalog"]
        self.assertEqual([tuple(p.values()) for p in products], list(ROWS))

    # === PACKED AND PLAIN === #

    def test_who_takes_gzip_gets_it(self):
        answer = self.fetch(self.path(), Accept_Encoding="br, gzip")
        self.assertEqual(answer.headers["Content-Encoding"], "gzip")
        self.assertEqual(answer.headers["Vary"], "Accept-Encoding")
        self.assertEqual(answer.content, written("csv"))  # unpacked by the client
        packed = self.catalogue._attachment("catalogue.csv")
        self.assertEqual(answer.headers["Content-Length"], str(packed.file_size))

    def test_names_of_codings_are_read_in_any_case(self):
        for accepted in ("GZIP", "Gzip;q=0.5, br", "identity;q=0, *"):
            answer = self.fetch(self.path(), Accept_Encoding=accepted)
            self.assertEqual(answer.headers["Content-Encoding"], "gzip", accepted)
        answer = self.fetch(self.path(), Accept_Encoding="gzip;q=0, *;q=0")
        self.assertNotIn("Content-Encoding", answer.headers)

    def test_who_does_not_take_gzip_gets_plain_text(self):
        for accepted in ("identity", "br", "gzip;q=0", "gzip;q=0.5, identity", ""):
            with self.subTest(accepted=accepted):
                answer = self.fetch(self.path(), Accept_Encoding=accepted)
                self.assertNotIn("Content-Encoding", answer.headers)
                self.assertEqual(answer.headers["Vary"], "Accept-Encoding")
                self.assertEqual(answer.content, written("csv"))

    def test_file_of_packed_name_is_a_packed_file(self):
        for name in ("catalogue.csv", "stock.csv"):
            answer = self.fetch(self.path(f"{name}.gz"), Accept_Encoding="gzip")
            self.assertEqual(answer.headers["Content-Type"], "application/gzip")
            self.assertNotIn("Content-Encoding", answer.headers)
            self.assertEqual(gzip.decompress(answer.content), written("csv"))

    def test_each_form_has_a_tag_of_its_own(self):
        tags = {
            self.fetch(self.path(name), Accept_Encoding=accepted).headers["ETag"]
            for name, accepted in (
                ("catalogue.csv", "identity"),
                ("catalogue.csv", "gzip"),
                ("catalogue.csv.gz", "identity"),
                ("catalogue.xml", "identity"),
            )
        }
        self.assertEqual(len(tags), 4)

    def test_plain_text_is_unpacked_piece_by_piece(self):
        content = b'"id"\r\n' + b'"0123456789"\r\n' * 300_000
        self.publish(self.catalogue, "catalogue.csv", content)
        with patch.object(unpacking, "CHUNK", 1000):
            answer = self.fetch(self.path())
        self.assertEqual(answer.content, content)
        self.assertEqual(answer.headers["Content-Length"], str(len(content)))

    # === WHO HAS IT ALREADY === #

    def test_unchanged_file_is_answered_with_304(self):
        for accepted in ("gzip", "identity"):
            first = self.fetch(self.path(), Accept_Encoding=accepted)
            for headers in (
                {"If_None_Match": first.headers["ETag"]},
                {"If_None_Match": f"W/{first.headers['ETag']}"},
                {"If_Modified_Since": first.headers["Last-Modified"]},
            ):
                with self.subTest(accepted=accepted, headers=headers):
                    answer = self.fetch(
                        self.path(), Accept_Encoding=accepted, **headers
                    )
                    self.assertEqual(answer.status_code, 304)
                    self.assertFalse(answer.content)
                    self.assertEqual(answer.headers["ETag"], first.headers["ETag"])
        self.assertEqual(self.fetches()[0].status, 304)
        self.assertEqual(self.fetches()[0].size, 0)

    def test_tag_of_another_form_is_not_enough(self):
        packed = self.fetch(self.path(), Accept_Encoding="gzip")
        answer = self.fetch(self.path(), If_None_Match=packed.headers["ETag"])
        self.assertEqual(answer.status_code, 200)

    def test_new_file_is_sent_to_who_has_the_old_one(self):
        first = self.fetch(self.path())
        self.publish(self.catalogue, "catalogue.csv", written("csv", rows=ROWS[:1]))
        answer = self.fetch(self.path(), If_None_Match=first.headers["ETag"])
        self.assertEqual(answer.status_code, 200)
        self.assertNotEqual(answer.headers["ETag"], first.headers["ETag"])

    def test_answer_is_asked_for_anew_each_time_and_kept_by_nobody_between(self):
        self.assertEqual(
            self.fetch(self.path()).headers["Cache-Control"], "private, no-cache"
        )

    # === HEAD AND RANGE === #

    def test_head_tells_the_same_without_content(self):
        for accepted in ("gzip", "identity"):
            whole = self.fetch(self.path(), Accept_Encoding=accepted)
            answer = self.fetch(self.path(), "HEAD", Accept_Encoding=accepted)
            self.assertEqual(answer.status_code, 200)
            self.assertFalse(answer.content)
            for name in ("Content-Length", "Content-Type", "ETag", "Last-Modified"):
                self.assertEqual(answer.headers[name], whole.headers[name])
        self.assertEqual(self.fetches()[0].size, 0)

    def test_parts_are_those_of_the_whole(self):
        content = written("csv")
        size = len(content)
        for part, expected in (
            ("bytes=0-9", content[:10]),
            ("bytes=10-", content[10:]),
            ("bytes=-5", content[-5:]),
            (f"bytes=5-{size + 100}", content[5:]),
        ):
            with self.subTest(part=part):
                answer = self.fetch(self.path(), Range=part)
                self.assertEqual(answer.status_code, 206)
                self.assertEqual(answer.content, expected)
                start = size - 5 if part == "bytes=-5" else int(part[6:].split("-")[0])
                self.assertEqual(
                    answer.headers["Content-Range"],
                    f"bytes {start}-{start + len(expected) - 1}/{size}",
                )
        self.assertEqual(self.fetches()[0].status, 206)
        self.assertEqual(self.fetches()[0].size, size - 5)

    def test_interrupted_fetch_goes_on_where_it_was(self):
        """Packed and plain, across the pieces in which it is unpacked."""
        self.publish(self.catalogue, "catalogue.csv", written("csv", rows=ROWS * 500))
        with patch.object(unpacking, "CHUNK", 1000):
            for accepted in ("gzip", "identity"):
                answer = self.fetch(self.path(), Accept_Encoding=accepted)
                tag = answer.headers["ETag"]
                middle = int(answer.headers["Content-Length"]) // 2
                headers = {"Accept_Encoding": accepted, "If_Range": tag}
                # as it is on its way, since a part cannot be unpacked by itself
                rest = self.raw(Range=f"bytes={middle}-", **headers)
                start = self.raw(Range=f"bytes=0-{middle - 1}", **headers)
                content = start + rest
                if accepted == "gzip":
                    content = gzip.decompress(content)
                self.assertEqual(content, written("csv", rows=ROWS * 500))

    def raw(self, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.opener.get(
            self.base_url() + self.path(), headers=headers, stream=True, timeout=10
        )
        self.assertEqual(answer.status_code, 206)
        return answer.raw.read(decode_content=False)

    def test_part_of_a_file_that_was_replaced_is_the_whole(self):
        answer = self.fetch(self.path(), Range="bytes=5-", If_Range='"before"')
        self.assertEqual((answer.status_code, answer.content), (200, written("csv")))

    def test_part_of_what_a_proxy_has_packed_anew_is_the_whole(self):
        """It makes the tag a weak one: the bytes are others."""
        tag = self.fetch(self.path()).headers["ETag"]
        answer = self.fetch(self.path(), Range="bytes=5-", If_Range=f"W/{tag}")
        self.assertEqual((answer.status_code, answer.content), (200, written("csv")))

    def test_head_of_a_part_is_that_of_the_whole(self):
        answer = self.fetch(self.path(), "HEAD", Range="bytes=5-")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Length"], str(len(written("csv"))))

    def test_who_asks_what_may_be_done_gets_no_file(self):
        for token in (None, "x"):
            answer = self.fetch(self.path(token=token), "OPTIONS")
            self.assertEqual((answer.status_code, answer.content), (204, b""))
            self.assertEqual(answer.headers["Allow"], "GET, HEAD, OPTIONS")
        self.assertFalse(self.fetches())

    def test_date_is_said_once(self):
        for headers in ({}, {"If_None_Match": "*"}, {"Range": "bytes=0-3"}):
            answer = self.fetch(self.path(), **headers)
            self.assertEqual(len(answer.raw.headers.getlist("Date")), 1)

    def test_nothing_is_sent_to_who_wants_another_file(self):
        for headers in ({}, {"Range": "bytes=0-3"}):
            answer = self.fetch(self.path(), If_Match='"another"', **headers)
            self.assertEqual((answer.status_code, answer.content), (412, b""))
        self.assertEqual(self.fetches().mapped("size"), [0, 0])

    def test_part_behind_the_end_is_refused_and_noted(self):
        size = len(written("csv"))
        answer = self.fetch(self.path(), Range=f"bytes={size}-")
        self.assertEqual(answer.status_code, 416)
        self.assertEqual(answer.headers["Content-Range"], f"bytes */{size}")
        self.assertEqual(self.fetches()[0].status, 416)

    def test_what_is_no_one_part_is_answered_with_the_whole(self):
        for part in ("bytes=0-1,4-5", "rows=0-1", "bytes=5-2", "bytes=x-", "nonsense"):
            with self.subTest(part=part):
                answer = self.fetch(self.path(), Range=part)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.content, written("csv"))

    # === LOOKS AND COUNTS === #

    def test_look_shows_some_rows_in_every_format(self):
        query = "?limit=1&offset=1"
        answer = self.fetch(self.path() + query)
        self.assertEqual(answer.content, written("csv", rows=ROWS[1:2]))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        answer = self.fetch(self.path("catalogue.xml") + query)
        self.assertEqual(answer.content, written("xml", rows=ROWS[1:2]))
        answer = self.fetch(self.path("catalogue.json") + query)
        self.assertEqual(
            answer.json(), {"catalog": [dict(zip(HEADERS, ROWS[1], strict=True))]}
        )
        self.assertEqual(self.fetches()[0].file, "catalogue.json?limit=1&offset=1")

    def test_look_at_a_long_description_shows_all_of_it(self):
        rows = (("SHIRT", "x" * 300_000, "3"),)
        self.publish(self.catalogue, "catalogue.csv", written("csv", rows=rows))
        for query in ("limit=1", "offset=0&limit=5"):
            answer = self.fetch(f"{self.path()}?{query}")
            self.assertEqual(answer.content, written("csv", rows=rows))
        self.assertEqual(self.fetch(f"{self.path()}?mode=size").text, "1")

    def test_look_without_limit_shows_the_rest(self):
        for query in ("?offset=1", "?offset=1&limit=0", "?offset=1&limit=99999999"):
            answer = self.fetch(self.path() + query)
            self.assertEqual(answer.content, written("csv", rows=ROWS[1:]))

    def test_look_behind_the_end_shows_the_headers(self):
        answer = self.fetch(f"{self.path()}?offset=50&limit=5")
        self.assertEqual(answer.content, written("csv", rows=()))

    def test_look_at_what_is_no_number_says_so(self):
        for query in (
            "limit=x",
            "limit=-1",
            "offset=1.5",
            f"limit={'9' * 5000}",
            "limit=²",
        ):
            with self.subTest(query=query[:20]):
                answer = self.fetch(f"{self.path()}?{query}")
                self.assertEqual(answer.status_code, 400)

    def test_counts_are_bare_numbers(self):
        answer = self.fetch(f"{self.path()}?mode=size")
        self.assertEqual(answer.text, "3")
        self.assertIn("text/plain", answer.headers["Content-Type"])
        products = self.env["product.product"].search_count(
            [("company_id", "in", [False, self.company.id])]
        )
        self.assertEqual(self.fetch(f"{self.path()}?mode=total").text, str(products))
        self.assertEqual(self.fetches()[0].file, "catalogue.csv?mode=total")

    def test_count_of_all_is_of_the_companies_above_too(self):
        above = self.env["res.company"].create({"name": "Above"})
        count = int(self.fetch(f"{self.path()}?mode=total").text)
        self.env["product.product"].create({"name": "Theirs", "company_id": above.id})
        self.assertEqual(self.fetch(f"{self.path()}?mode=total").text, str(count))
        companies = patch.object(
            type(self.catalogue), "_companies", lambda _catalogue: self.company | above
        )
        with companies:
            self.assertEqual(
                self.fetch(f"{self.path()}?mode=total").text, str(count + 1)
            )

    def test_published_count_is_taken_where_there_is_one(self):
        self.catalogue._attachment("catalogue.csv").description = "31415"
        self.assertEqual(self.fetch(f"{self.path()}?mode=size").text, "31415")

    def test_parameters_of_others_change_nothing(self):
        answer = self.fetch(f"{self.path()}?format=xml&token=x&mode=&file=y&lang=fr")
        self.assertEqual(answer.content, written("csv"))
        self.assertEqual(self.fetches()[0].file, "catalogue.csv")

    # === WHAT IT COSTS === #

    def test_fetch_reads_no_product_and_few_rows_of_anything(self):
        self.fetch(self.path())  # what the registry remembers from then on
        queries = self.queries_of(lambda: self.fetch(self.path()))
        tables = " ".join(re.findall(r'(?:FROM|JOIN|INTO) "?(\w+)', " ".join(queries)))
        for name in ("product_", "lengow_catalogue_row", "stock_", "res_partner"):
            self.assertNotIn(name, tables)
        # catalog, account, copy or not, attachment, note, and what Odoo itself asks
        self.assertLessEqual(len(queries), 16, tables)

    def queries_of(self, ask):
        """Return the statements that a request runs."""
        queries = []
        execute = type(self.env.cr).execute

        def noting(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", noting):
            ask()
        return queries

    def test_no_cookie_and_no_session(self):
        for path in (self.path(), f"{self.path()}?limit=1", self.path(token="x")):
            answer = self.fetch(path)
            self.assertNotIn("Set-Cookie", answer.headers)
            self.assertEqual(answer.headers["X-Robots-Tag"], "noindex")

    def test_damaged_file_is_never_taken_for_whole(self):
        """Whoever fetches knows by the length or the status that it is wrong."""
        noise = random.Random(1).randbytes(20_000)
        attachment = self.publish(self.catalogue, "catalogue.csv", noise)
        attachment.raw = attachment.raw[:15_000] + bytes(10) + attachment.raw[15_010:]
        for chunk in (1000, 100_000):
            with (
                self.subTest(chunk=chunk),
                patch.object(unpacking, "CHUNK", chunk),
                mute_logger("werkzeug"),
            ):
                try:
                    status = self.fetch(self.path()).status_code
                except requests.RequestException:
                    status = 0
                self._wait_remaining_requests()
                self.assertIn(status, (0, 500))

    def test_lost_file_is_not_found(self):
        attachment = self.catalogue._attachment("catalogue.csv")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = 'aa/nothing' WHERE id = %s",
            [attachment.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.lengow_connector", "ERROR"):
            answer = self.fetch(self.path())
        self.assertEqual(answer.status_code, 404)

    def test_file_that_the_database_keeps_is_served_alike(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self.publish(self.catalogue, "catalogue.csv", written("csv"))
        for accepted in ("gzip", "identity"):
            answer = self.fetch(self.path(), Accept_Encoding=accepted)
            self.assertEqual(answer.content, written("csv"))
