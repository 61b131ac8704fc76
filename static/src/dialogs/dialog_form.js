import {isBlocked} from "./faults";
import {formView} from "@web/views/form/form_view";
import {hasTouch} from "@web/core/browser/feature_detection";
import {onMounted, useRef, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useBus} from "@web/core/utils/hooks";

const DRAWN_AFTER = 50;
const SHOW_FAULTS = "LENGOW_SHOW_FAULTS";

const INPUTS = [
    ".o_lengow_lines",
    ".o_lengow_arguments",
    ".o_lengow_rows",
    ".o_lengow_decisions",
]
    .flatMap((field) => [`${field} input:enabled`, `${field} select:enabled`])
    .join(", ");

/** Whether faults are to be shown: not before somebody has tried to send. */
function useFaults(bus) {
    const state = useState({isShown: false});
    useBus(bus, SHOW_FAULTS, () => {
        state.isShown = true;
    });
    return state;
}

/** Begin with the first input of a dialog, unless that opens a keyboard on the screen. */
function useFirstFocus(ref) {
    onMounted(() => {
        const dialog = ref.el?.closest(".modal");
        if (!hasTouch() && dialog && !dialog.contains(document.activeElement)) {
            dialog.querySelector(INPUTS)?.focus();
        }
    });
}

/**
 * What every field needs that draws inputs of a dialog itself.
 *
 * @param {Component} field with a method `commitAll`, which keeps what is just being
 *      typed: a click on a button comes after it, a hotkey asks for it
 * @returns {{isShown: boolean}} whether faults are to be shown
 */
export function useInputs(field) {
    const {bus} = field.props.record.model;
    useFirstFocus(useRef("root"));
    useBus(bus, "NEED_LOCAL_CHANGES", ({detail}) =>
        detail.proms.push(field.commitAll())
    );
    return useFaults(bus);
}

/** A dialog that keeps what cannot be sent, and shows why at the field. */
export class DialogFormController extends formView.Controller {
    async beforeExecuteActionButton(clickParams) {
        if (clickParams.name === "action_confirm") {
            await this.model.root.isDirty(); // keeps what is just being typed
            if (isBlocked(this.model.root.data)) {
                await this.showFaults();
                return false;
            }
        }
        return super.beforeExecuteActionButton(clickParams);
    }

    async showFaults() {
        this.model.bus.trigger(SHOW_FAULTS);
        // The fields are drawn anew first.
        await new Promise((resolve) => setTimeout(resolve, DRAWN_AFTER));
        this.rootRef.el?.querySelector(".is-invalid")?.focus();
    }
}

registry.category("views").add("lengow_dialog", {
    ...formView,
    Controller: DialogFormController,
});
