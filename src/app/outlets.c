/*
 * Metrics and alerts of a session. Both have threads of their own; here is only who lives when.
 */
#include "app/outlets.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define ALERT_GRACE_MS 2000 /* for what waits to be told when the program ends */

bool outlets_open(struct outlets *outlets, const struct config *config, struct store *store,
		  struct log *log, char why[200])
{
	char other[200];
	bool well = true;

	if (metrics_are_wanted(config) && !outlets->metrics) {
		outlets->metrics = metrics_start(config, store, why);
		well = outlets->metrics != NULL;
	}
	if (config->alert_count > 0) {
		/* of two reasons the first is told */
		outlets->alerts =
			alerts_start(config, store, log, outlets->told, well ? why : other);
		well = well && outlets->alerts;
	}
	free(outlets->told);
	outlets->told = NULL;
	return well;
}

void outlets_close(struct outlets *outlets)
{
	if (outlets->alerts)
		free(alerts_stop(outlets->alerts, ALERT_GRACE_MS));
	if (outlets->metrics)
		metrics_stop(outlets->metrics);
	free(outlets->told);
	*outlets = (struct outlets){.told = NULL};
}

void outlets_rest(struct outlets *outlets)
{
	/* "nothing" is knowledge too: an alert that is new then tells what is open already */
	outlets->told = outlets->alerts ? alerts_stop(outlets->alerts, 0) : x_strdup("{}");
	outlets->alerts = NULL;
	if (outlets->metrics)
		metrics_rest(outlets->metrics);
}

void outlets_switch(struct outlets *outlets, const struct config *now, const struct store *store)
{
	if (!outlets->metrics)
		return;
	if (metrics_are_wanted(now)) {
		metrics_switch(outlets->metrics, now, store);
		return;
	}
	metrics_stop(outlets->metrics);
	outlets->metrics = NULL;
}

void outlets_trouble(const struct outlets *outlets, char out[200])
{
	out[0] = '\0';
	if (outlets->metrics)
		metrics_trouble(outlets->metrics, out);
	if (out[0] == '\0' && outlets->alerts)
		alerts_trouble(outlets->alerts, out);
}

void outlets_note(struct outlets *outlets, struct log *log)
{
	char trouble[sizeof outlets->noted] = "";

	if (outlets->metrics)
		metrics_trouble(outlets->metrics, trouble);
	if (log && trouble[0] != '\0' && strcmp(trouble, outlets->noted) != 0)
		log_note(log, trouble);
	memcpy(outlets->noted, trouble, sizeof trouble);
}
