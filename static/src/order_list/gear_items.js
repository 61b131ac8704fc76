import {_t} from "@web/core/l10n/translation";
import {DropdownItem} from "@web/core/dropdown/dropdown_item";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {useService} from "@web/core/utils/hooks";
import {ACTIONS_GROUP_NUMBER} from "@web/search/action_menus/action_menus";
import {Component} from "@odoo/owl";

/** Something in the gear above the orders that needs none of them to be selected. */
class GearItem extends Component {
    static template = "lengow_connector.GearItem";
    static components = {DropdownItem};
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }
}

class SynchronizeItem extends GearItem {
    label = _t("Synchronize");
    icon = "fa-refresh";

    async onSelected() {
        const call = this.orm.call("lengow.order", "action_sync_now", [[]]);
        return this.action.doAction(await call);
    }
}

class ExportItem extends GearItem {
    label = _t("Export for Accounting");
    icon = "fa-file-excel-o";

    onSelected() {
        return this.action.doAction("lengow_connector.lengow_order_export_action", {
            additionalContext: {
                active_model: "lengow.order",
                active_domain: this.env.searchModel.domain,
            },
        });
    }
}

const isOfOrders = ({config, searchModel}) =>
    searchModel?.resModel === "lengow.order" &&
    ["list", "kanban"].includes(config.viewType);

registry
    .category("cogMenu")
    .add("lengow-synchronize", {
        Component: SynchronizeItem,
        groupNumber: ACTIONS_GROUP_NUMBER,
        isDisplayed: isOfOrders,
    })
    .add("lengow-export", {
        Component: ExportItem,
        groupNumber: ACTIONS_GROUP_NUMBER,
        isDisplayed: async (env) =>
            isOfOrders(env) && (await user.hasGroup("base.group_allow_export")),
    });
