import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";
import {Component, onWillStart, onWillUpdateProps} from "@odoo/owl";

// Each chip is named after the filter of the search view that shows the same orders. What
// is rare is there only when there is any, so that one line holds what is seen every day.
const CHIPS = [
    {filter: "to_accept", label: _t("To Accept"), tone: "warning"},
    {filter: "to_ship", label: _t("To Ship"), tone: "info"},
    {filter: "late", label: _t("Late to Ship"), tone: "danger"},
    {filter: "to_ship_today", label: _t("Ship Today"), tone: "warning"},
    {filter: "to_fix", label: _t("To Fix"), tone: "danger"},
    {filter: "action_failed", isRare: true, label: _t("Failed"), tone: "danger"},
    {filter: "changed", isRare: true, label: _t("Changed"), tone: "warning"},
    {filter: "to_match", isRare: true, label: _t("To Match"), tone: "warning"},
    {filter: "refunds", isRare: true, label: _t("Refunds"), tone: "warning"},
    {filter: "documents_to_print", isRare: true, label: _t("To Print"), tone: "info"},
];
// Searching for one job among many others replaces it; the menu of filters can add.
const JOBS = new Set([...CHIPS.map((chip) => chip.filter), "to_ship_later"]);

/**
 * What waits for somebody among the orders that are searched for, as chips to press.
 *
 * One is pressed at a time, and pressing it again releases it. Whatever else is searched
 * for stays.
 */
export class LengowJobChips extends Component {
    static template = "lengow_connector.JobChips";
    // The list is only there so that the numbers follow whenever it is loaded.
    static props = {list: {type: Object}};

    setup() {
        this.orm = useService("orm");
        this.counts = {};
        onWillStart(() => this.load());
        // With the orders, and not after them: both tell the same moment.
        onWillUpdateProps(({list}) => list.id !== this.props.list.id && this.load());
    }

    async load() {
        const asked = (this.asked = this.orm.call("lengow.order", "get_overview", [
            this.domain,
        ]));
        const counts = await asked;
        if (asked === this.asked) {
            this.counts = counts;
        }
    }

    /** What is searched for, whatever job is chosen. */
    get domain() {
        const {searchModel} = this.env;
        const {query} = searchModel;
        searchModel.query = this.withoutJobs(query);
        try {
            return searchModel._getDomain();
        } finally {
            searchModel.query = query;
        }
    }

    get chips() {
        const {counts, pressed} = this;
        const chips = CHIPS.map((chip) => {
            const count = counts[chip.filter] || 0;
            const tone = count ? chip.tone : "secondary";
            return {
                ...chip,
                count,
                isPressed: pressed.has(chip.filter),
                tone: `bg-${tone}-subtle text-${tone}-emphasis`,
            };
        });
        return chips.filter((chip) => chip.count || chip.isPressed || !chip.isRare);
    }

    /** The names of the jobs that are chosen, here or in the menu of filters. */
    get pressed() {
        const {query, searchItems} = this.env.searchModel;
        const names = query.map(({searchItemId}) => searchItems[searchItemId].name);
        return new Set(names.filter((name) => JOBS.has(name)));
    }

    withoutJobs(query) {
        const {searchItems} = this.env.searchModel;
        return query.filter(
            ({searchItemId}) => !JOBS.has(searchItems[searchItemId].name)
        );
    }

    toggle({filter, isPressed}) {
        const {searchModel} = this.env;
        const [item] = searchModel.getSearchItems((item) => item.name === filter);
        const isAlone = this.pressed.size === 1;
        if (isPressed && isAlone) {
            searchModel.toggleSearchItem(item.id);
            return;
        }
        searchModel.query = this.withoutJobs(searchModel.query);
        searchModel.toggleSearchItem(item.id);
    }

    /** Show the orders of all jobs, and those of none. */
    release() {
        const {searchModel} = this.env;
        const {query, searchItems} = searchModel;
        const chosen = query.find(({searchItemId}) =>
            JOBS.has(searchItems[searchItemId].name)
        );
        if (chosen) {
            searchModel.query = [...this.withoutJobs(query), chosen];
            searchModel.toggleSearchItem(chosen.searchItemId);
        }
    }
}
