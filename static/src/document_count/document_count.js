import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {useService} from "@web/core/utils/hooks";

/** Shows a paper clip with the number of an order's documents, and opens them. */
export class DocumentCountField extends Component {
    static template = "lengow_connector.DocumentCountField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get count() {
        return this.props.record.data[this.props.name];
    }

    get tooltip() {
        return _t("Documents of the marketplace");
    }

    async open() {
        const {resModel, resId} = this.props.record;
        this.action.doAction(
            await this.orm.call(resModel, "action_open_documents", [[resId]])
        );
    }
}

export const documentCountField = {
    component: DocumentCountField,
    displayName: _t("Number of documents"),
    supportedTypes: ["integer"],
    label: false,
};

registry.category("fields").add("lengow_document_count", documentCountField);
