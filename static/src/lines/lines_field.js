import {_t} from "@web/core/l10n/translation";
import {CellsField} from "../dialogs/cells_field";
import {formatFloat, formatMonetary} from "@web/views/fields/formatters";
import {lineFaults} from "../dialogs/faults";
import {parseFloat as parseNumber} from "@web/views/fields/parsers";
import {registry} from "@web/core/registry";
import {useDebounced} from "@web/core/utils/timing";

// The button says how much while somebody types, and is there as soon as that is known.
const PATIENCE = 300;

/** The lines of an order to choose from, each with how much of it. */
export class LinesField extends CellsField {
    static template = "lengow_connector.LinesField";

    setup() {
        super.setup();
        this.keepSoon = useDebounced(this.keepTyped, PATIENCE);
    }

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

    /** How many at which price: the sum stands beside it. */
    unitText({data}) {
        const quantity = data.ordered_quantity;
        const price = formatMonetary(data.amount_total / (quantity || 1), {
            currencyId: data.currency_id?.id,
        });
        return `${this.number(quantity)} × ${price}`;
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

    onInput(line, field, ev) {
        super.onInput(line, field, ev);
        this.keepSoon();
    }

    /** Keep what is being typed as far as it is a number; it stays as it is typed. */
    async keepTyped() {
        for (const {record, field, text} of Object.values(this.typed)) {
            const value = this.numberOf(text);
            if (value !== undefined && text.trim()) {
                await this.keep(record, field, value);
            }
        }
    }

    change(line, field, text) {
        const value = this.numberOf(text || "0");
        if (value === undefined) {
            this.faults.isShown = true;
        }
        // What is no number is said where it was entered.
        return this.keep(line, field, value ?? 0);
    }

    numberOf(text) {
        try {
            return parseNumber(text);
        } catch {
            return undefined;
        }
    }

    /** Who says how much means it. */
    keep(line, field, value) {
        return line.update({[field]: value, is_chosen: true});
    }
}

registry.category("fields").add("lengow_lines", {
    component: LinesField,
    displayName: _t("Lines of an order to choose from"),
    supportedTypes: ["one2many"],
});
