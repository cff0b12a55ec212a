/*
 * The pages as tables: what each kind of page says while all is well, and what the troubles say.
 * The errors speak as the frameworks of real shops do, so that evidence looks like evidence.
 */
#include "demo/page.h"

#include <pthread.h>
#include <string.h>

#define TEXT(literal) (literal), sizeof(literal) - 1

static const char trace_plain[] =
	"Traceback (most recent call last):\n"
	"  File \"/srv/shop/lib/python3.11/site-packages/flask/app.py\", line 2190, in wsgi_app\n"
	"    response = self.full_dispatch_request()\n"
	"  File \"/srv/shop/lib/python3.11/site-packages/flask/app.py\", line 1486, in "
	"full_dispatch_request\n"
	"    rv = self.handle_user_exception(e)\n"
	"  File \"/srv/shop/checkout/views.py\", line 118, in total\n"
	"    mean = basket.total_cents / basket.item_count\n"
	"           ~~~~~~~~~~~~~~~~~~~^~~~~~~~~~~~~~~~~~~\n"
	"ZeroDivisionError: division by zero\n";

static const char trace_html[] =
	"<!doctype html>\n<html lang=en>\n<head><title>psycopg2.OperationalError: connection to "
	"server at "
	"&quot;db-1&quot; (10.0.4.17), port 5432 failed</title></head>\n<body>\n"
	"<h1>OperationalError</h1>\n"
	"<p class=errormsg>psycopg2.OperationalError: connection to server at \"db-1\" "
	"(10.0.4.17), port 5432 failed: "
	"FATAL:  sorry, too many clients already</p>\n"
	"<h2>Traceback <em>(most recent call last)</em></h2>\n"
	"<pre>  File \"/srv/shop/checkout/views.py\", line 74, in load\n"
	"    with connect(settings.DATABASE) as db:\n"
	"  File \"/srv/shop/lib/python3.11/site-packages/psycopg2/__init__.py\", line 122, in "
	"connect\n"
	"    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)\n"
	"psycopg2.OperationalError: FATAL:  sorry, too many clients "
	"already</pre>\n</body>\n</html>\n";

static const char trace_json[] = "{\"error\": \"KeyError\", \"message\": \"'sku-20417'\", "
				 "\"trace\": [\"catalogue/views.py:51 in page\", "
				 "\"catalogue/prices.py:203 in price_of\"]}\n";

static const char home[] =
	"<!doctype html>\n<html lang=en>\n<head><title>A shop that does not "
	"exist</title></head>\n<body>\n"
	"<h1>Welcome</h1>\n<p>This is webmon's demo: a small web application that misbehaves on "
	"purpose.</p>\n"
	"<ul>\n<li><a href=/catalogue>Catalogue</a></li>\n<li><a href=/cart>Cart</a></li>\n"
	"<li><a href=/health>Health</a></li>\n</ul>\n</body>\n</html>\n";

static const char items[] = "{\"items\": [{\"sku\": \"sku-20417\", \"name\": \"Walking boots\", "
			    "\"cents\": 12900, \"stock\": 7}], \"page\": 1, \"pages\": 1}\n";
static const char healthy_json[] = "{\"status\": \"healthy\", \"version\": \"4.12.1\", \"checks\": "
				   "{\"database\": \"ok\", \"cache\": \"ok\"}}\n";
static const char degraded_json[] =
	"{\"status\": \"degraded\", \"version\": \"4.12.1\", \"checks\": "
	"{\"database\": \"ok\", \"cache\": \"connection refused\"}}\n";
static const char unknown[] = "404 page not found\n";
static const char retired[] = "This page was retired.\n";
static const char moved[] = "<p>Moved <a href=/new>here</a>.</p>\n";
static const char overflow[] =
	"upstream connect error or disconnect/reset before headers. retried and "
	"the latest reset reason: overflow\n";

#define HTML  "text/html; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"
#define JPEG  "image/jpeg"
#define JSON  "application/json"

/* clang-format off */
static const struct page_reply page_table[PAGE_COUNT] = {
	[PAGE_HTML]    = { 200, HTML,  TEXT(home),             NULL, NULL },
	[PAGE_JSON]    = { 200, JSON,  TEXT(items),            NULL, NULL },
	[PAGE_HEALTH]  = { 200, JSON,  TEXT(healthy_json),     NULL, NULL },
	[PAGE_IMAGE]   = { 200, JPEG,  NULL, PAGE_IMAGE_BYTES, "Cache-Control", "max-age=3600" },
	[PAGE_NOTHING] = { 204, NULL,  TEXT(""),               NULL, NULL },
	[PAGE_MOVED]   = { 302, HTML,  TEXT(moved),            "Location", "/new" },
	[PAGE_GONE]    = { 410, PLAIN, TEXT(retired),          NULL, NULL },
};

/* A failing endpoint shows them in turn. */
static const struct page_reply error_table[] = {
	{ 500, PLAIN, TEXT(trace_plain), NULL, NULL },
	{ 500, HTML,  TEXT(trace_html), NULL, NULL },
};

static const struct page_reply catalogue_error = { 500, JSON, TEXT(trace_json), NULL, NULL };
static const struct page_reply busy            = { 503, PLAIN, TEXT(overflow), "Retry-After", "5" };
static const struct page_reply degraded        = { 200, JSON, TEXT(degraded_json), NULL, NULL };
static const struct page_reply not_found       = { 404, PLAIN, TEXT(unknown), NULL, NULL };
/* clang-format on */

static char image[PAGE_IMAGE_BYTES];

/* No picture that anybody could look at, but the first bytes and the size of one. */
static void draw_image(void)
{
	static const unsigned char magic[] = {0xff, 0xd8, 0xff, 0xe0};
	uint32_t noise = 2463534242;

	for (size_t i = 0; i < sizeof image; i++) {
		noise ^= noise << 13;
		noise ^= noise >> 17;
		noise ^= noise << 5;
		image[i] = (char)(noise & 0x7f);
	}
	memcpy(image, magic, sizeof magic);
}

struct page_reply page_reply(const struct endpoint *endpoint, const struct scene *scene)
{
	static pthread_once_t drawn = PTHREAD_ONCE_INIT;
	struct page_reply reply = page_table[endpoint->page];

	if (scene->trouble == TROUBLE_ERROR) {
		if (strcmp(endpoint->path, "/catalogue") == 0)
			return catalogue_error;
		return error_table[scene->act % (sizeof error_table / sizeof *error_table)];
	}
	if (scene->trouble == TROUBLE_BUSY)
		return busy;
	if (scene->trouble == TROUBLE_DEGRADED)
		return degraded;
	if (endpoint->page == PAGE_IMAGE) {
		pthread_once(&drawn, draw_image);
		reply.body = image;
	}
	return reply;
}

struct page_reply page_not_found(void)
{
	return not_found;
}
