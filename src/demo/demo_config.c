/*
 * The configuration that watches the demo, made from the table of its endpoints.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "demo/demo.h"
#include "demo/play.h"

/* One target's section, new. */
static char *target_section(const struct endpoint *endpoint, uint16_t port)
{
	char slow[40] = "";

	if (endpoint->slow_ms > 0)
		text_format(slow, sizeof slow, "slow = %ums\n", endpoint->slow_ms);
	return x_asprintf(
		"\n[target %s]\nurl = http://127.0.0.1:%u%s\ngroup = %s\ninterval = %us\n%s%s",
		endpoint->name, port, endpoint->path, endpoint->group, endpoint->interval_s, slow,
		endpoint->options);
}

char *demo_config(const struct demo *demo)
{
	char *text =
		x_strdup("; the built-in demo\n[defaults]\ntimeout = 2s\nconnect_timeout = 1s\n");

	for (size_t i = 0; i < endpoint_count; i++) {
		char *section, *longer;

		if (endpoint_table[i].name == NULL)
			continue;
		section = target_section(&endpoint_table[i], demo_port(demo));
		longer = x_asprintf("%s%s", text, section);
		free(section);
		free(text);
		text = longer;
	}
	return text;
}
