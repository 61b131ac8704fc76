import {CellsField} from "../dialogs/cells_field";
import {_t} from "@web/core/l10n/translation";
import {decisionFault} from "../dialogs/faults";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";

const MIXED = "mixed";

/** The lines of one order, each with what is decided about it and why. */
export class DecisionsField extends CellsField {
    static template = "lengow_connector.DecisionsField";

    get lines() {
        return this.records;
    }

    get kinds() {
        return this.props.record.data.line_kinds || {};
    }

    /** What can be decided; the first is to leave it. */
    get choices() {
        const labels = {accept: _t("Accept"), refuse: _t("Refuse")};
        const known = Object.keys(this.kinds).map((kind) => [kind, labels[kind]]);
        return [["", _t("Decide Later")], ...known];
    }

    /** What is decided about all lines alike. */
    get ofAll() {
        const decisions = new Set(this.lines.map(({data}) => data.decision || ""));
        return decisions.size > 1 ? MIXED : [...decisions][0];
    }

    /** How the reason of a line is asked for, where there is one to be told. */
    cellOf({data}) {
        return this.kinds[data.decision] || undefined;
    }

    get asAbove() {
        return _t("As above");
    }

    nameOf({data}) {
        return data.title || data.sku || "";
    }

    labelOf(line, text) {
        return `${text}, ${this.nameOf(line)}`;
    }

    idOf(line, suffix) {
        return `lengow_decision_${line.id}_${suffix}`;
    }

    number({data}) {
        return `${formatFloat(data.ordered_quantity, {trailingZeros: false})} ×`;
    }

    money({data}) {
        return formatMonetary(data.amount_total, {currencyId: data.currency_id?.id});
    }

    shown(line) {
        return this.typedText(line, "reason") ?? (line.data.reason || "");
    }

    faultOf(line) {
        return this.faults.isShown ? decisionFault(line, this.props.record.data) : "";
    }

    decide(line, decision) {
        return line.update({decision: decision || false});
    }

    async decideAll(decision) {
        for (const line of this.lines) {
            await this.decide(line, decision);
        }
    }

    change(line, field, text) {
        return line.update({[field]: text.trim() || false});
    }
}

registry.category("fields").add("lengow_decisions", {
    component: DecisionsField,
    displayName: _t("Lines of an order to decide"),
    supportedTypes: ["one2many"],
});
