import {patch} from "@web/core/utils/patch";
import {TourAutomatic} from "@web_tour/js/tour_automatic/tour_automatic";

// How long our tours wait for what a step needs: slow machines are no fault.
const PATIENCE = 45000;

patch(TourAutomatic.prototype, {
    start() {
        if (this.name.startsWith("lengow_")) {
            this.timeout ??= PATIENCE;
        }
        return super.start(...arguments);
    },
});
