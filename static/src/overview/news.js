import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";
import {onWillUnmount} from "@odoo/owl";

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
    let timer = null;
    // Odoo's `debounce` forgets a call that comes from within the call before.
    const reload = () => {
        browser.clearTimeout(timer);
        timer = browser.setTimeout(() => {
            if (document.hidden || isBusy()) {
                reload();
            } else {
                load();
            }
        }, PATIENCE);
    };
    bus.subscribe(CHANGED, reload);
    onWillUnmount(() => {
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
