import {browser} from "@web/core/browser/browser";
import {patch} from "@web/core/utils/patch";
import {TourStepAutomatic} from "@web_tour/js/tour_automatic/tour_step_automatic";

// What the steps of our tours cost whoever does the same by hand. Each step that runs says
// so in the console, where the test that started the tour adds it up: `common/jobs.py`.
const COSTS = {
    check: "click",
    click: "click",
    dblclick: "click",
    uncheck: "click",
    edit: "field",
    fill: "field",
    select: "choice",
    selectByIndex: "choice",
    selectByLabel: "choice",
    press: "key",
    hover: null,
};
// What a step that is a function does to the page.
const EVENTS = {click: "click", paste: "field"};

function tell(kind) {
    browser.console.log(`A step costs a ${kind}`);
}

/** Do what a function does, and tell what of it a person would have done. */
async function watch(call) {
    const abort = new AbortController();
    for (const [event, kind] of Object.entries(EVENTS)) {
        window.addEventListener(event, () => tell(kind), {
            capture: true,
            signal: abort.signal,
        });
    }
    try {
        return await call();
    } finally {
        abort.abort();
    }
}

patch(TourStepAutomatic.prototype, {
    async doAction() {
        if (this.skipped || !this.run || !this.tour.name.startsWith("lengow_")) {
            return super.doAction();
        }
        if (typeof this.run === "function") {
            return watch(() => super.doAction());
        }
        for (const todo of this.run.split("&&")) {
            const [verb] = todo.trim().split(/\W/);
            if (!(verb in COSTS)) {
                throw new Error(`Nobody has said what “${verb}” costs.`);
            }
            if (COSTS[verb]) {
                tell(COSTS[verb]);
            }
        }
        return super.doAction();
    },
});
