#ifndef WEBMON_STORE_CARD_H
#define WEBMON_STORE_CARD_H
/*
 * A target's card in the block: what a face must know of it, clean and without secrets, so that a
 * viewer needs no configuration. Private to the store. Written when the block is laid out, never
 * again.
 */
#include <stddef.h>
#include <stdint.h>

#include "model/config.h"

/* Texts are offsets into the row of texts; each is NUL-ended there. Offset 0 is "". */
struct card {
	uint32_t name, group, url_shown, host, method, expect_status_text, slo, load;
	uint32_t tags, tag_count; /* one after the other */
	int64_t interval_ms, retry_interval_ms, timeout_ms, connect_timeout_ms;
	int64_t slow_us, slow_dns_us, slow_connect_us, slow_tls_us, slow_wait_us, slow_transfer_us;
	int64_t apdex_us;
	uint16_t port, down_count, down_of;
	uint16_t none; /* no byte is left to chance: cards are compared */
	uint8_t scheme, ip, keepalive, verify;
	int32_t up_after, expect_cert_days, nought;
};

/* Bytes of the texts of all cards. */
size_t cards_text_bytes(const struct config *config);

/* cards: room for each target; texts: cards_text_bytes() of it. */
void cards_write(struct card *cards, char *texts, const struct config *config);

/* Whether every offset lies within the texts, and what is a choice is one. */
bool cards_are_sound(const struct card *cards, size_t count, const char *texts, size_t bytes);

/*
 * Makes targets of them; texts stay where they are. tags: room for cards_tag_count() items. What a
 * card does not hold (headers, bodies, the way there) is blank.
 */
void cards_read(struct target *targets, const char **tags, const struct card *cards, size_t count,
		const char *texts);
size_t cards_tag_count(const struct card *cards, size_t count);

#endif
