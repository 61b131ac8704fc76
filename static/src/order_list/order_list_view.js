import {LengowJobChips} from "@lengow_connector/order_list/job_chips";
import {useListNews} from "@lengow_connector/overview/news";
import {registry} from "@web/core/registry";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

// What is done with orders day by day, and which of them allow it; the first two that
// the selection allows are buttons, everything else is in the gear. A dismissed order
// waits for nothing, and one that is to be fixed is shipped by nobody yet.
const waitsForDecision = (order) => order.can_accept && !order.dismissed_at;
const waitsForShipment = (order) =>
    order.can_ship && !order.dismissed_at && order.import_state !== "error";
const JOBS = [
    {name: "action_accept", isPossible: waitsForDecision},
    {name: "action_open_ship", isPossible: waitsForShipment},
    {
        name: "action_refuse",
        // What can be refused long after it was accepted is not refused day by day.
        isPossible: (order) => waitsForDecision(order) && order.can_refuse,
    },
    {name: "action_print_documents", isPossible: (order) => order.document_count},
];
const MOST_BUTTONS = 2;
// Below what Odoo offers for every model.
const GEAR_SEQUENCE = 60;

/** The list of marketplace orders, with what waits for somebody counted above it. */
export class LengowOrderListController extends ListController {
    static template = "lengow_connector.OrderListView";
    static components = {...ListController.components, LengowJobChips};

    setup() {
        super.setup();
        useListNews(this);
    }

    /** The buttons that the selected orders allow, each with how many of them do. */
    get jobButtons() {
        const selected = this.model.root.selection.map((record) => record.data);
        const buttons = [];
        for (const {name, isPossible} of JOBS) {
            const button = this.archInfo.headerButtons.find(
                ({clickParams}) => clickParams.name === name
            );
            const count = selected.filter(isPossible).length;
            if (button && count) {
                const string = this.isDomainSelected
                    ? button.string
                    : `${button.string} ${count}`;
                buttons.push({...button, string});
            }
        }
        return buttons.slice(0, MOST_BUTTONS);
    }

    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        const shown = new Set(this.jobButtons.map((button) => button.id));
        for (const button of this.archInfo.headerButtons) {
            if (!shown.has(button.id) && !this.evalViewModifier(button.invisible)) {
                items[`lengow_${button.clickParams.name}`] = {
                    sequence: GEAR_SEQUENCE,
                    description: button.string,
                    callback: () => this.pressForSelection(button),
                };
            }
        }
        return items;
    }

    /** Do what a button of the header does, from the gear. */
    async pressForSelection({clickParams}) {
        const {root} = this.model;
        const resIds = await root.getResIds(true);
        return this.env.onClickViewButton({
            clickParams: {
                ...clickParams,
                buttonContext: {
                    active_domain: this.props.domain,
                    active_ids: resIds,
                    active_model: root.resModel,
                },
            },
            getResParams: () => ({
                context: root.context,
                evalContext: root.evalContext,
                resModel: root.resModel,
                resIds,
            }),
        });
    }
}

registry.category("views").add("lengow_order_list", {
    ...listView,
    Controller: LengowOrderListController,
});
