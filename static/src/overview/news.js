import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";
import {onWillDestroy, status, useComponent} from "@odoo/owl";

// Sent when orders have changed. Several changes follow on each other.
const CHANGED = "lengow_overview_changed";
const PATIENCE = 3000;

/**
 * Reloads what is shown whenever orders have changed.
 *
 * @param {Function} load
 * @param {Function} [isBusy] whether somebody is in the middle of something that a
 *      reload would spoil: it is tried again later
 */
export function useNews(load, isBusy = () => false) {
    const bus = useService("bus_service");
    const component = useComponent();
    let timer = null;
    const follow = async () => {
        try {
            await load();
        } catch (error) {
            // Whoever has gone on elsewhere meanwhile needs no news of it.
            if (status(component) !== "destroyed") {
                throw error;
            }
        }
    };
    // Odoo's `debounce` forgets a call that comes from within the call before.
    const reload = () => {
        browser.clearTimeout(timer);
        timer = browser.setTimeout(() => {
            if (document.hidden || isBusy()) {
                reload();
            } else {
                follow();
            }
        }, PATIENCE);
    };
    bus.subscribe(CHANGED, reload);
    // What is left before it is there was never mounted.
    onWillDestroy(() => {
        bus.unsubscribe(CHANGED, reload);
        browser.clearTimeout(timer);
    });
}

/**
 * Reloads a list whenever orders have changed, unless somebody is working with its rows.
 *
 * @param {Object} controller of the list
 */
export function useListNews(controller) {
    useNews(
        () => controller.model.load(),
        () =>
            controller.hasSelectedRecords ||
            controller.editedRecord ||
            document.querySelector(".o_list_table tbody :focus-visible")
    );
}
