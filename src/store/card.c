/*
 * Cards: from targets to plain numbers and texts in a row, and back. Pure.
 *
 * Equal texts that follow one another (a group, a method, a limit) are written once.
 */
#include "store/card.h"

#include <string.h>

#include "base/text.h"

/* Of texts that are often the same for target after target. */
enum { KIND_GROUP, KIND_HOST, KIND_METHOD, KIND_STATUS, KIND_SLO, KIND_LOAD, KINDS };

/* Where the next text goes; texts NULL: only counts. */
struct heap {
	char *texts;
	size_t used;
	const char *last[KINDS]; /* of each kind of text that may repeat, and where it went */
	uint32_t last_at[KINDS];
};

/* Tags stand one after the other, also an empty one. */
static void put_tag(struct heap *heap, const char *text)
{
	size_t size = strlen(text) + 1;

	if (heap->texts)
		memcpy(heap->texts + heap->used, text, size);
	heap->used += size;
}

static uint32_t put_text(struct heap *heap, const char *text)
{
	size_t at = heap->used;

	if (!text || !text[0])
		return 0;
	put_tag(heap, text);
	return (uint32_t)at;
}

static uint32_t put_again(struct heap *heap, int kind, const char *text)
{
	if (heap->last[kind] && text && strcmp(heap->last[kind], text) == 0)
		return heap->last_at[kind];
	heap->last[kind] = text;
	heap->last_at[kind] = put_text(heap, text);
	return heap->last_at[kind];
}

static struct card make_card(struct heap *heap, const struct target *target)
{
	struct card card = {
		.name = put_text(heap, target->name),
		.group = put_again(heap, KIND_GROUP, target->group),
		.url_shown = put_text(heap, target->url_shown),
		.host = put_again(heap, KIND_HOST, target->host),
		.method = put_again(heap, KIND_METHOD, target->method),
		.expect_status_text = put_again(heap, KIND_STATUS, target->expect_status_text),
		.slo = put_again(heap, KIND_SLO, target->slo),
		.load = put_again(heap, KIND_LOAD, target->load),
		.tags = (uint32_t)heap->used,
		.tag_count = (uint32_t)target->tags.count,
		.interval_ms = target->interval_ms,
		.retry_interval_ms = target->retry_interval_ms,
		.timeout_ms = target->timeout_ms,
		.connect_timeout_ms = target->connect_timeout_ms,
		.slow_us = target->slow_us,
		.slow_dns_us = target->slow_dns_us,
		.slow_connect_us = target->slow_connect_us,
		.slow_tls_us = target->slow_tls_us,
		.slow_wait_us = target->slow_wait_us,
		.slow_transfer_us = target->slow_transfer_us,
		.apdex_us = target->apdex_us,
		.port = target->port,
		.down_count = target->down_after.count,
		.down_of = target->down_after.of,
		.scheme = (uint8_t)target->scheme,
		.ip = (uint8_t)target->ip,
		.keepalive = (uint8_t)target->keepalive,
		.verify = target->verify,
		.up_after = target->up_after,
		.expect_cert_days = target->expect_cert_days,
	};

	for (size_t i = 0; i < target->tags.count; i++)
		put_tag(heap, target->tags.items[i]);
	return card;
}

size_t cards_text_bytes(const struct config *config)
{
	struct heap heap = {.used = 1};

	for (size_t i = 0; i < config->target_count; i++)
		make_card(&heap, &config->targets[i]);
	return heap.used;
}

void cards_write(struct card *cards, char *texts, const struct config *config)
{
	struct heap heap = {.texts = texts, .used = 1};

	texts[0] = '\0';
	for (size_t i = 0; i < config->target_count; i++)
		cards[i] = make_card(&heap, &config->targets[i]);
}

#define INTERVAL_MIN_MS 100 /* of the option; 0 is back to back */
#define SPAN_MAX_MS	(INT64_C(366) * 86400000)

/* Figures and choices that a configuration can have. */
static bool figures_are_sound(const struct card *card)
{
	const int64_t spans_ms[] = {
		card->interval_ms,
		card->retry_interval_ms,
		card->timeout_ms,
		card->connect_timeout_ms,
		card->slow_us / 1000,
		card->slow_dns_us / 1000,
		card->slow_connect_us / 1000,
		card->slow_tls_us / 1000,
		card->slow_wait_us / 1000,
		card->slow_transfer_us / 1000,
		card->apdex_us / 1000,
	};

	for (size_t i = 0; i < sizeof spans_ms / sizeof spans_ms[0]; i++)
		if (spans_ms[i] < -1 || spans_ms[i] > SPAN_MAX_MS)
			return false;
	return (card->interval_ms <= 0 || card->interval_ms >= INTERVAL_MIN_MS) &&
	       card->scheme <= SCHEME_TLS && card->ip <= WISH_IP_BOTH &&
	       card->keepalive <= WISH_COLD_AND_WARM && card->verify <= 1;
}

/* Each text that begins here ends here, too, and may be shown. */
static bool texts_are_sound(const char *texts, size_t bytes)
{
	if (bytes == 0 || texts[0] != '\0' || texts[bytes - 1] != '\0')
		return false;
	for (size_t at = 0; at < bytes; at += strlen(texts + at) + 1)
		if (!text_is_clean(texts + at, TEXT_LINE))
			return false;
	return true;
}

static bool tags_are_sound(const struct card *card, const char *texts, size_t bytes)
{
	size_t at = card->tags;

	for (uint32_t i = 0; i < card->tag_count; i++) {
		if (at >= bytes)
			return false;
		at += strlen(texts + at) + 1;
	}
	return true;
}

bool cards_are_sound(const struct card *cards, size_t count, const char *texts, size_t bytes)
{
	size_t tags = 0;

	if (!texts_are_sound(texts, bytes))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct card *card = &cards[i];
		const uint32_t offsets[] = {card->name, card->group,  card->url_shown,
					    card->host, card->method, card->expect_status_text,
					    card->slo,	card->load};
		for (size_t k = 0; k < sizeof offsets / sizeof offsets[0]; k++)
			if (offsets[k] >= bytes)
				return false;
		/* No two cards share a tag, so that there are no more of them than bytes. */
		tags += card->tag_count;
		if (tags > bytes || !tags_are_sound(card, texts, bytes) || !figures_are_sound(card))
			return false;
	}
	return true;
}

size_t cards_tag_count(const struct card *cards, size_t count)
{
	size_t tags = 0;

	for (size_t i = 0; i < count; i++)
		tags += cards[i].tag_count;
	return tags;
}

void cards_read(struct target *targets, const char **tags, const struct card *cards, size_t count,
		const char *texts)
{
	for (size_t i = 0; i < count; i++) {
		const struct card *card = &cards[i];
		const char *tag = texts + card->tags;

		targets[i] = (struct target){
			.name = texts + card->name,
			.group = texts + card->group,
			.url = texts + card->url_shown,
			.url_shown = texts + card->url_shown,
			.host = texts + card->host,
			.port = card->port,
			.scheme = (enum scheme)card->scheme,
			.tags = {.items = tags, .count = card->tag_count},
			.interval_ms = card->interval_ms,
			.retry_interval_ms = card->retry_interval_ms,
			.timeout_ms = card->timeout_ms,
			.connect_timeout_ms = card->connect_timeout_ms,
			.method = texts + card->method,
			.user_agent = "",
			.verify = card->verify,
			.ip = (enum ip_wish)card->ip,
			.keepalive = (enum keepalive_wish)card->keepalive,
			.expect_status_text = texts + card->expect_status_text,
			.expect_cert_days = card->expect_cert_days,
			.slow_us = card->slow_us,
			.slow_dns_us = card->slow_dns_us,
			.slow_connect_us = card->slow_connect_us,
			.slow_tls_us = card->slow_tls_us,
			.slow_wait_us = card->slow_wait_us,
			.slow_transfer_us = card->slow_transfer_us,
			.down_after = {card->down_count, card->down_of},
			.up_after = card->up_after,
			.slo = card->slo ? texts + card->slo : NULL,
			.apdex_us = card->apdex_us,
			.load = texts + card->load,
		};
		for (uint32_t k = 0; k < card->tag_count; k++) {
			*tags++ = tag;
			tag += strlen(tag) + 1;
		}
	}
}
