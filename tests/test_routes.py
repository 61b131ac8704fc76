"""What strangers get at the addresses of the addon: nothing, and no fault of ours."""

import re

from odoo.tests import tagged

from .common.catalogue_files import CatalogueFilesCase
from .common.orders import payload
from .data import rights

# Beyond what a number of the database can be.
BEYOND = 2**63


@tagged("post_install", "-at_install")
class TestRoutes(CatalogueFilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = cls.create_user("portal", "base.group_portal")

    def setUp(self):
        super().setUp()
        order = self.import_payload(payload("A-1"))
        env = self.env(user=self.manager)
        printed = env["lengow.document.print"].create(
            {"res_model": "lengow.order", "res_ids": order.ids}
        )
        self.user.group_ids |= self.env.ref("base.group_allow_export")
        exported = self.env["lengow.order.export"].with_user(self.user).create({})
        task = env["lengow.background"]._begin("refresh", order.with_env(env))
        self.file = self.env["ir.attachment"].create(
            {"name": "secret.csv", "raw": b"secret", "res_model": "lengow.task"}
        )
        task.sudo().file_id = self.file
        self.ids = {
            "/lengow/accounts/<int:account_id>/report": self.account.id,
            "/lengow/documents/print/<int:job_id>": printed.id,
            "/lengow/orders/export/<int:export_id>": exported.id,
            "/lengow/tasks/<int:task_id>/file": task.id,
        }

    def paths(self, route):
        """Return addresses that somebody without a secret may try of a route."""
        if route in self.ids:
            start, _name, end = re.split(r"(<.*>)", route)
            # One that is there, one that is not, and one that cannot be.
            return [f"{start}{one}{end}" for one in (self.ids[route], 0, BEYOND)]
        if "catalogue" in route:
            return [
                f"/lengow/catalogue/{one}/{token}/{name}"
                for one in (self.catalogue.id, 0, BEYOND)
                for token in ("0" * len(self.catalogue.token), "é", "%00")
                for name in ("catalogue.csv", "%00")
            ]
        return [
            f"/lengow/image/{signed}/{name}"
            for signed in (f"{self.mug.id}-0", "é", "%00", str(BEYOND))
            for name in ("mug.png", "%00")
        ]

    def test_strangers_get_nothing_and_no_error_of_the_server(self):
        public = {401, 403, 404, 405}
        for login in (None, "portal"):
            self.authenticate(login, login)
            for route, auth in rights.ROUTES.items():
                # Whoever is to log in first is sent there.
                expected = public | ({303} if auth == "user" and not login else set())
                for path in self.paths(route):
                    for method in ("GET", "HEAD", "POST"):
                        with self.subTest(login=login, path=path, method=method):
                            answer = self.fetch(path, method)
                            self.assertIn(answer.status_code, expected)
                            self.assertNotIn(b"secret", answer.content)
                            self.assertNotIn(b"SHIRT", answer.content)
