import {bulkRows, isOpen, isReady} from "./faults";
import {_t} from "@web/core/l10n/translation";
import {Component, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** What a button does to how many orders, such as “Send 6 of 8”. */
export class ReadyCount extends Component {
    static template = xml`<span t-out="text"/>`;
    static props = {...standardWidgetProps};

    get text() {
        const {data} = this.props.record;
        const open = bulkRows(data).filter(isOpen);
        const ready = open.filter((row) => isReady(row, data)).length;
        const counts = {ready, open: open.length};
        const isAll = ready === open.length;
        if (data.kind === "accept") {
            return isAll
                ? _t("Accept %(ready)s", counts)
                : _t("Accept %(ready)s of %(open)s", counts);
        }
        if (data.kind === "refuse") {
            return isAll
                ? _t("Refuse %(ready)s", counts)
                : _t("Refuse %(ready)s of %(open)s", counts);
        }
        return isAll
            ? _t("Send %(ready)s", counts)
            : _t("Send %(ready)s of %(open)s", counts);
    }
}

registry.category("view_widgets").add("lengow_ready_count", {component: ReadyCount});
