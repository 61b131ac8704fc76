import {_t} from "@web/core/l10n/translation";
import {CellsField} from "../dialogs/cells_field";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {lineFaults} from "../dialogs/faults";
import {parseFloat as parseNumber} from "@web/views/fields/parsers";
import {registry} from "@web/core/registry";

/** The lines of an order to choose from, each with how much of it. */
export class LinesField extends CellsField {
    static template = "lengow_connector.LinesField";

    get lines() {
        return this.records;
    }

    get areAllChosen() {
        return this.lines.every((line) => line.data.is_chosen);
    }

    get hasQuantity() {
        return Boolean(this.props.record.data.quantity_name);
    }

    get hasAmount() {
        return Boolean(this.props.record.data.price_name);
    }

    nameOf({data}) {
        return data.title || data.sku || "";
    }

    idOf(line, suffix) {
        return `lengow_line_${line.id}_${suffix}`;
    }

    labelOf(line, field) {
        const texts = {quantity: _t("Quantity of %s"), amount: _t("Amount of %s")};
        return texts[field].toString().replace("%s", this.nameOf(line));
    }

    orderedText({data}) {
        return _t("of %s", this.number(data.ordered_quantity));
    }

    number(value) {
        return formatFloat(value, {trailingZeros: false});
    }

    money({data}) {
        return formatMonetary(data.amount_total, {currencyId: data.currency_id?.id});
    }

    shown(line, field) {
        const typed = this.typedText(line, field);
        if (typed !== undefined) {
            return typed;
        }
        const value = line.data[field];
        return field === "amount"
            ? formatFloat(value, {digits: [16, 2]})
            : this.number(value);
    }

    faultOf(line, field) {
        return this.faults.isShown
            ? lineFaults(line, this.props.record.data)[field]
            : "";
    }

    choose(line, isChosen) {
        return line.update({is_chosen: isChosen});
    }

    async chooseAll(isChosen) {
        for (const line of this.lines) {
            await this.choose(line, isChosen);
        }
    }

    change(line, field, text) {
        let value = 0; // what is no number is said where it was entered
        try {
            value = parseNumber(text || "0");
        } catch {
            this.faults.isShown = true;
        }
        // Who says how much means it.
        return line.update({[field]: value, is_chosen: true});
    }
}

registry.category("fields").add("lengow_lines", {
    component: LinesField,
    displayName: _t("Lines of an order to choose from"),
    supportedTypes: ["one2many"],
});
