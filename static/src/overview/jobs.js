import {useService} from "@web/core/utils/hooks";
import {deserializeDateTime, formatDateTime} from "@web/core/l10n/dates";

/** Return what opens the list of orders that a job counts, maybe of one marketplace. */
export function useOpenJob() {
    const action = useService("action");
    return (job, marketplaceId) => {
        const context = {[`search_default_${job.name}`]: 1};
        if (marketplaceId) {
            context.search_default_marketplace_id = marketplaceId;
        }
        return action.doAction(job.action, {additionalContext: context});
    };
}

/** Return how a number looks: loud where somebody is needed, quiet where it is zero. */
export function toneOf(job) {
    const tone = job.count ? job.tone : "secondary";
    return `bg-${tone}-subtle text-${tone}-emphasis`;
}

/** Return when the nearest deadline of a job is: from now, exactly, and if it is over. */
export function deadlineOf(job) {
    const deadline = job.deadline && deserializeDateTime(job.deadline);
    return (
        deadline && {
            text: deadline.toRelative({style: "short"}),
            exact: formatDateTime(deadline),
            isOver: deadline < luxon.DateTime.now(),
        }
    );
}
