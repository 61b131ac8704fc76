import {bulkRows, decided, isOpen, isReady} from "./faults";
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
        const lines = data.decision_ids?.records.length;
        if (lines) {
            return this.textOfLines(data, lines);
        }
        const open = bulkRows(data).filter(isOpen);
        const ready = open.filter((row) => isReady(row, data)).length;
        return this.textOf(data.kind, ready, open.length);
    }

    /** How many lines of one order are accepted and refused. */
    textOfLines(data, open) {
        const [accepted, refused] = ["accept", "refuse"].map(
            (kind) => decided(data, kind).length
        );
        if (accepted && refused) {
            return _t("Accept %(accepted)s, Refuse %(refused)s", {accepted, refused});
        }
        const single = refused ? "refuse" : "accept";
        const kind = accepted || refused ? single : data.kind;
        return this.textOf(kind, accepted + refused, open);
    }

    textOf(kind, ready, open) {
        const counts = {ready, open};
        const isAll = ready === open;
        if (kind === "accept") {
            return isAll
                ? _t("Accept %(ready)s", counts)
                : _t("Accept %(ready)s of %(open)s", counts);
        }
        if (kind === "refuse") {
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
