import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";

/**
 * What may be done with an order now and then, in the gear: what is next has a button of
 * its own. `when` names the field that says whether it is possible.
 */
const ITEMS = {
    report_shipment: {
        name: "action_open_ship",
        icon: "fa fa-truck",
        description: _t("Report Shipment"),
        when: (data) => data.can_report_shipment,
    },
    refund: {
        name: "action_open_refund",
        icon: "fa fa-undo",
        description: _t("Refund"),
        when: (data) => data.can_refund,
    },
    cancel: {
        name: "action_open_cancel",
        icon: "fa fa-ban",
        description: _t("Cancel on the Marketplace"),
        when: (data) => data.can_cancel,
    },
    more: {
        name: "action_open_act",
        icon: "fa fa-ellipsis-h",
        description: _t("More Actions"),
        when: (data) => data.can_act_otherwise,
    },
    refresh: {
        name: "action_refresh",
        icon: "fa fa-refresh",
        description: _t("Refresh from Lengow"),
        when: () => true,
    },
    import_again: {
        name: "action_import_again",
        icon: "fa fa-repeat",
        description: _t("Import Again"),
        when: (data) => data.import_state === "imported",
        confirm: _t(
            "The sale order is canceled and replaced by a new one, made of what Lengow shows now."
        ),
        confirmLabel: _t("Import Again"),
        cancelLabel: _t("Keep Sale Order"),
    },
};

export class LengowOrderFormController extends FormController {
    getStaticActionMenuItems() {
        const items = super.getStaticActionMenuItems();
        Object.entries(ITEMS).forEach(([key, item], index) => {
            items[`lengow_${key}`] = {
                isAvailable: () => item.when(this.model.root.data),
                sequence: index,
                icon: item.icon,
                description: item.description,
                callback: () => this.press(item),
            };
        });
        return items;
    }

    press(item) {
        const {resModel, resId, context} = this.model.root;
        return this.env.onClickViewButton({
            clickParams: {
                type: "object",
                name: item.name,
                confirm: item.confirm,
                "confirm-label": item.confirmLabel,
                "cancel-label": item.cancelLabel,
            },
            getResParams: () => ({resModel, resId, resIds: [resId], context}),
        });
    }
}

registry.category("views").add("lengow_order_form", {
    ...formView,
    Controller: LengowOrderFormController,
});
