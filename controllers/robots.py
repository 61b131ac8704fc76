from odoo.addons.web.controllers.home import Home

from ..models.catalogue.lengow_catalogue_pictures import ROOT


class LengowRobots(Home):
    """What programs that search the web may read of this Odoo."""

    def _get_allowed_robots_routes(self):
        """Override of `web` to let channels fetch the pictures that are sent to them.

        Without a web shop Odoo lets them read nothing, and some, such as Google, refuse
        products whose pictures they may not fetch.
        """
        return [*super()._get_allowed_robots_routes(), f"{ROOT}/"]
