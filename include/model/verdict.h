#ifndef WEBMON_MODEL_VERDICT_H
#define WEBMON_MODEL_VERDICT_H
/*
 * What webmon holds of a target at this moment, and why: plain values without pointers, written by
 * the target's poller, read by every face through the store. All texts are clean.
 */
#include <stdbool.h>
#include <stdint.h>

#include "model/sample.h"

enum state {
	STATE_NEW, STATE_UP, STATE_SLOW, STATE_DOWN, STATE_UNKNOWN, STATE_PAUSED, STATE_COUNT
};

/* "unknown" for new too: JSON knows up slow down unknown paused */
extern const char *const state_name[STATE_COUNT];

enum load_level { LOAD_LEARNING, LOAD_CALM, LOAD_ELEVATED, LOAD_SATURATED };
enum load_cause { LOAD_NONE, LOAD_SERVER, LOAD_NETWORK, LOAD_DNS, LOAD_CLIENT };

extern const char *const load_level_name[]; /* "calm" for learning too */
extern const char *const load_cause_name[]; /* "none" "server" "network" "dns" "client" */

struct load_verdict {
	enum load_level level;
	enum load_cause cause;
	float           ratio;    /* present to usual; 0: unknown */
	int64_t         since_ms; /* 0: never */
	char            evidence[160];
};

/*
 * The error budget of an objective, "99.9% / 30d": how much of it is left and how fast it is being
 * spent. A burn of 1 spends it exactly within its window. Source: Google, The Site Reliability
 * Workbook, chapter 5 (multiwindow burn rates).
 */
struct budget {
	bool    known;     /* there is an objective, and checks to judge it by */
	bool    burning;   /* both windows burn faster than the alarm's limit */
	float   objective; /* 0.999 */
	int64_t window_ms;
	float   left;      /* 1: untouched; 0: spent; below 0: overspent */
	float   burn_long, burn_short; /* over long_ms and short_ms; below 0: not known */
	int64_t long_ms, short_ms;
	float   coverage;  /* part of the window in which there were checks */
};

struct verdict {
	enum state       state;
	int64_t          since_ms; /* of the state, wall clock; 0: not known */
	enum probe_class cls;      /* of the newest untainted sample */
	uint8_t          warnings;
	uint16_t         status;
	enum http_version http;
	uint32_t         failed_in_row, good_in_row;
	uint64_t         sample_count;             /* samples judged, which is the ring's head */
	/* total of the newest sample where good, else ABSENT_US */
	int32_t          last_us;
	/* slow median of good totals; ABSENT_US before 20 of them */
	int32_t          usual_us;
	int32_t          usual_phase_us[PHASE_COUNT];
	uint64_t         incident;                 /* the open one's id, 0: none */
	uint16_t         port;
	bool             flapping;      /* changes too often: said once, not each time */
	bool             maintenance;   /* inside a maintenance window: no alarms */
	bool             acknowledged;  /* a person knows of the open incident */
	bool             unconfirmed;   /* the newest failure waits for its confirmation */
	uint32_t         parent;        /* UNKNOWN because this target is down; UINT32_MAX: none */
	/* wall clock: the server asked to be left alone until then; 0: it did not */
	int64_t          retry_after_ms;
	struct budget    budget;
	char             note[80];      /* of the acknowledgement */
	char             ip[46];
	/* "503 Service Unavailable, wanted 200-299"; "" where all is well */
	char             detail[200];
	struct load_verdict load;
};

/* The certificate that the target showed last, also where it was refused. */
struct cert_facts {
	bool    seen;     /* false: no TLS handshake got so far yet */
	bool    verified;
	int64_t seen_at_ms;
	int64_t not_before_ms, not_after_ms; /* of the leaf */
	int64_t chain_not_after_ms;          /* the earliest of the chain */
	int     chain_length;
	int     name_count;                  /* subject alternative names */
	char    subject[128], issuer[128];   /* "CN=checkout.example.com", one line */
	char    names[256];                  /* the first names, blanks between */
	char    problem[160];                /* why it was not verified; "" */
	/* of the session: "TLS 1.3" "TLS_AES_256_GCM_SHA384" "h2" */
	char    version[16], cipher[48], alpn[12];
	char    fingerprint[65];             /* SHA-256, hex */
};

/* Whole days until a certificate's end; of one that ended an hour ago -1, not 0. */
int64_t cert_days_left(int64_t end_ms, int64_t now_ms);

/* What came with a failure, or with the last good answer. Only `used` bytes of text are stored. */
#define EVIDENCE_TEXT_MAX 8192
#define EVIDENCE_BODY_MAX 4096
#define EVIDENCE_DUMP_BYTES 128 /* of a body that is no text */

struct evidence {
	bool           seen;
	bool           body_is_binary; /* the excerpt is a hex dump */
	uint64_t       number;      /* the sample's */
	struct sample  sample;
	uint64_t       body_bytes;  /* received, decoded; may be more than kept */
	uint32_t       header_count;
	/* offsets into text; each NUL-ended */
	uint16_t       detail, curl, address, request, status_line, headers, body, command, changes;
	uint16_t       used;        /* bytes of text in use */
	char           text[EVIDENCE_TEXT_MAX];
	/*
	 * detail       "503 Service Unavailable, wanted 200-299 after 84 ms"
	 * curl         libcurl's own words, "" where none
	 * address      "203.0.113.7:443" or ""
	 * request      request line and headers, lines, redacted
	 * status_line  "HTTP/1.1 503 Service Unavailable" or ""
	 * headers      answer headers, lines, redacted, at most 32
	 * body         excerpt as clean text, lines
	 * command      a command line that repeats the probe (curl; nc for tcp://, openssl for
	 *              tls://), secrets as •••
	 * changes      of a failure: what is otherwise than in the last good answer, lines; "" where
	 *              nothing is, or nothing is known
	 */
};

/* One trouble from its beginning to its end: one line on the screen, updated in place. */
enum incident_kind {
	INCIDENT_DOWN,   /* failed checks (also before they make the target down) */
	INCIDENT_SLOW,
	INCIDENT_LOAD,
	INCIDENT_CERT,
	INCIDENT_PAUSED,
	INCIDENT_SELF,   /* webmon's own trouble: target is UINT32_MAX or the one concerned */
	INCIDENT_FLAPPING,
	INCIDENT_BURN,   /* the error budget is being spent too fast */
	INCIDENT_KINDS
};

struct incident_info {
	const char *name;   /* "loaded": typed into a filter, behind ":" */
	const char *result; /* "LOAD", while it is open; "" for DOWN: its class says more */
	const char *plural; /* "certificates": all of its kind */
};

extern const struct incident_info incident_table[INCIDENT_KINDS];

struct incident {
	uint64_t           id;     /* from 1, in order of opening */
	uint64_t           change; /* the journal's change counter when last written */
	uint32_t           target; /* index; UINT32_MAX: the whole program */
	enum incident_kind kind;
	bool               confirmed; /* DOWN: enough checks failed to call it down */
	bool               acknowledged;
	enum probe_class   cls;
	uint16_t           status;
	uint32_t           count;  /* checks concerned */
	int64_t            opened_ms, last_ms, closed_ms; /* closed 0: still open */
	/* "TIMEOUT", "503", "SLOW", "CERT", "up again"... as the error pane shows it */
	char               result[12];
	char               detail[200];
	char               note[80];    /* of the acknowledgement */
	uint32_t           targets;     /* how many it concerns; 0 and 1: the one */
};

/* Whether it was not over at a moment, which is not before it opened. */
bool incident_is_open_at(const struct incident *incident, int64_t at_ms);

/* One change, in order, never rewritten: what the log and the alerts follow. */
enum event_kind {
	EVENT_FAILED,    /* the first failed check of an incident, or its class changed */
	EVENT_DOWN,
	EVENT_UP,        /* the end of an incident of failed checks */
	EVENT_SLOW, EVENT_FAST,
	EVENT_LOAD, EVENT_CALM,
	EVENT_CERT, EVENT_CERT_RENEWED,
	EVENT_PAUSED, EVENT_RESUMED,
	EVENT_SELF, EVENT_SELF_OVER,
	EVENT_FLAPPING, EVENT_STEADY,
	EVENT_BURN, EVENT_BURN_OVER,
	/* another address, certificate or server version: no trouble, a mark on the chart */
	EVENT_CHANGED,
	EVENT_ACKNOWLEDGED, /* detail: the note */
	EVENT_KINDS
};

struct event_info {
	const char *name;  /* "cert_renewed": JSON */
	const char *plain; /* "RENEWED": a line of --plain */
	const char *word;  /* "renewed", at most 8 columns: the timeline of an incident */
	/* "certificate renewed,": the log, before the detail; "" where the class stands there */
	const char *lead;
	/* the kind that it tells of; INCIDENT_KINDS: none, or of any */
	enum incident_kind incident;
};

extern const struct event_info event_table[EVENT_KINDS];

struct event {
	uint64_t         number; /* from 0, in order */
	int64_t          at_ms;
	uint32_t         target; /* index; UINT32_MAX: the whole program */
	enum event_kind  kind;
	uint64_t         incident;
	enum probe_class cls;
	enum state       state, previous; /* after and before */
	uint16_t         status;
	uint32_t         count;     /* failed checks of the incident so far */
	int64_t          length_ms; /* of the incident that ended */
	int32_t          total_us;
	char             detail[200];
};

/* The program's own doings. */
struct fleet {
	int64_t  started_ms;
	uint64_t probes, failures, tainted;
	/* started more than 50 ms (or a tenth of the interval) after they were due */
	uint64_t late;
	uint64_t skipped;  /* due while the one before was still under way */
	uint32_t in_flight;
	int32_t  lag_p99_us; /* over the last 1024 starts */
};

#endif
