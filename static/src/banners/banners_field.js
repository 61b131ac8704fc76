import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/**
 * Shows what an order has to say, one banner of each severity, with the buttons that
 * belong to it. The server decides what is said; a button is pressed as any other of the
 * form, which is shown anew afterwards.
 */
export class BannersField extends Component {
    static template = "lengow_connector.BannersField";
    static props = {...standardFieldProps};

    get banners() {
        return this.props.record.data[this.props.name] || [];
    }

    buttonClass(banner, button) {
        return button.is_first ? `btn-${banner.tone}` : "btn-secondary";
    }

    press(button) {
        const {record} = this.props;
        const ids = button.ids.length ? button.ids : [record.resId];
        return this.env.onClickViewButton({
            clickParams: {
                type: "object",
                name: button.name,
                confirm: button.confirm,
                "confirm-label": button.confirm_label,
                "cancel-label": button.cancel_label,
            },
            getResParams: () => ({
                resModel: button.model,
                resId: ids.length === 1 ? ids[0] : false,
                resIds: ids,
                context: record.context,
            }),
        });
    }
}

export const bannersField = {
    component: BannersField,
    displayName: _t("Banners of a marketplace order"),
    supportedTypes: ["json"],
};

registry.category("fields").add("lengow_banners", bannersField);
