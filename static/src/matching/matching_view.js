import {FormController} from "@web/views/form/form_controller";
import {formView} from "@web/views/form/form_view";
import {hasTouch} from "@web/core/browser/feature_detection";
import {onMounted} from "@odoo/owl";
import {registry} from "@web/core/registry";

const PRODUCTS = "td.o_lengow_match_product:not(.o_readonly_modifier)";

/** Matching products begins with the first SKU that nothing is proposed for. */
export class MatchingController extends FormController {
    setup() {
        super.setup();
        onMounted(() => {
            const cells = [...(this.rootRef.el?.querySelectorAll(PRODUCTS) || [])];
            // On a phone the SKUs are cards.
            if (!hasTouch()) {
                (cells.find((cell) => !cell.innerText.trim()) || cells[0])?.click();
            }
        });
    }
}

registry.category("views").add("lengow_matching", {
    ...formView,
    Controller: MatchingController,
});
