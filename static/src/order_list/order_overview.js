import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {Component, onWillStart, onWillUpdateProps} from "@odoo/owl";

// Each counter is named after the filter of the search view that shows the same orders.
const COUNTERS = [
    {filter: "to_fix", label: _t("To Fix"), tone: "text-bg-danger"},
    {filter: "changed", label: _t("Changed After Import"), tone: "text-bg-warning"},
    {filter: "to_accept", label: _t("To Accept"), tone: "text-bg-warning"},
    {filter: "to_ship", label: _t("To Ship"), tone: "text-bg-info"},
    {filter: "late", label: _t("Late"), tone: "text-bg-danger"},
];

/** Counts above the list what waits for somebody; a click shows it. */
export class LengowOrderOverview extends Component {
    static template = "lengow_connector.OrderOverview";
    // The list is only there so that the counters follow whenever it is loaded.
    static props = {list: {type: Object}};

    setup() {
        this.orm = useService("orm");
        onWillStart(() => this.load());
        onWillUpdateProps(() => this.load());
    }

    async load() {
        this.counts = await this.orm.call("lengow.order", "get_overview");
    }

    get counters() {
        return COUNTERS.map((counter) => {
            const count = this.counts[counter.filter];
            return {...counter, count, tone: count ? counter.tone : "text-bg-light"};
        });
    }

    /** Replace whatever is searched for by one filter. */
    show(filter) {
        const {searchModel} = this.env;
        const [item] = searchModel.getSearchItems((item) => item.name === filter);
        searchModel.query = [];
        searchModel.toggleSearchItem(item.id);
    }
}
