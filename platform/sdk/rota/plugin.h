/*
 * rota/plugin.h: the whole contract between Rota and its plugins, version 1.0.
 *
 * A plugin is a shared library, named after its id (`sendgrid.so`), that exports one data symbol, rota_plugin_entry.
 * Everything else is reached through function pointers, so a plugin may be written in C, C++ (rota/plugin.hpp makes it
 * short), Rust, Zig or whatever else can lay out a C struct, with any compiler, and stays loadable for years.
 *
 * LAYOUT     64-bit platforms, little endian, the C ABI of the platform. No struct has padding between or after its
 *            members. rota_str and rota_span never change. Every other struct starts with `struct_size`, which the side
 *            that fills the struct sets to its sizeof.
 * GROWTH     Within major version 1 members are only added at the end, enumerators only appended, and interfaces only
 *            added under a new id. Before reading a member that was added after 1.0, ask ROTA_HAS. `reserved` members
 *            and unknown flags are written as 0 and not read. Elements of arrays are `stride` bytes apart, because the
 *            other side's element may be larger than ours: use ROTA_AT. A value of an enumeration that you do not know
 *            is no error: treat it as the documented default.
 * OWNERSHIP  Nothing crosses the border to be freed by the other side. Whatever an argument points to is borrowed until
 *            the call returns, and is copied by who wants to keep it. Results go into structs of the caller or through
 *            a sink of the caller, during the call. Nothing that a call was given may be used after it: the call may
 *            come from another process, and its arguments lie in a buffer that is gone. Only these live longer: the
 *            entry, descriptors, interfaces and their texts (static, as long as the library), an instance (from create
 *            to destroy) and its rota_host (likewise).
 * TEXT       UTF-8. A rota_str is not terminated by a zero; `const char *` and char arrays are. A text that is too long
 *            for an array is cut at a character's border. An empty rota_str may have a null `ptr`.
 * TIME       Milliseconds since 1970-01-01T00:00Z; spans are half-open, [begin, end).
 * THREADS    Tags in brackets. [control]: the host makes these calls one at a time per instance, from any thread, never
 *            beside another call of that instance. [worker]: from any thread, one at a time per instance, unless its
 *            descriptor says ROTA_FLAG_REENTRANT. [thread-safe]: at any time, beside any other. [pure]: the answer
 *            depends on the arguments and the configuration alone: no clock, no IO, no randomness, no memory of
 *            earlier calls; of the host only log, local_to_utc and utc_to_local.
 * ERRORS     A rota_status, with the details in a rota_error that the caller provides (never null). No exception and no
 *            longjmp ever crosses the border, in either direction, sinks included.
 * SECRETS    A configuration holds references, such as `${env:API_KEY}`; host->secret gives the value. Neither secrets
 *            nor anything about a patient belongs in a log, a counter's name or a rota_error.
 */
#ifndef ROTA_PLUGIN_H
#define ROTA_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Another major is refused. A plugin is loaded if its min_host_minor is at most the host's minor. */
#define ROTA_ABI_MAJOR 1
#define ROTA_ABI_MINOR 0

#define ROTA_ENTRY_MAGIC UINT32_C(0x41544F52) /* the bytes "ROTA" */

/* Whether *p, as its maker knew it, has this member. */
#define ROTA_HAS(p, T, member) ((p)->struct_size >= offsetof(T, member) + sizeof(((T*)0)->member))

/* The i-th element of an array whose elements are `stride` bytes apart. */
#define ROTA_AT(T, base, stride, i) ((const T*)(const void*)((const char*)(base) + (size_t)(stride) * (size_t)(i)))

#if defined(__GNUC__)
#define ROTA_EXPORT __attribute__((visibility("default")))
#else
#define ROTA_EXPORT
#endif

/* ---- values ----------------------------------------------------------------------------------------------------- */

typedef struct rota_str {
    const char* ptr;
    size_t len;
} rota_str;

/* [begin_ms, end_ms) in UTC. */
typedef struct rota_span {
    int64_t begin_ms;
    int64_t end_ms;
} rota_span;

/*
 * What became of a call. code / 100 is its class and decides what the host does, so that an old host understands a
 * new code; a class that it does not know counts as 2.
 */
typedef int32_t rota_status;
enum {
    ROTA_OK = 0,

    /* 1: certainly not sent; the host tries again, after rota_error.retry_after_ms where that is not 0. */
    ROTA_RETRY = 100,
    ROTA_RATE_LIMITED = 101, /* the provider's limit, not ours */
    ROTA_UNAVAILABLE = 102,  /* no connection, or the provider says that it did not process the request */

    /* 2: may have been sent; the host never sends it again blindly. */
    ROTA_UNKNOWN_OUTCOME = 200, /* written, but no answer; an answer that cannot be understood */
    ROTA_INTERNAL = 201,        /* a bug in the plugin */

    /* 3: this message will never go. */
    ROTA_PERMANENT = 300,
    ROTA_BAD_RECIPIENT = 301, /* no such address, or not one of this channel's kind */
    ROTA_REJECTED = 302,      /* the provider refuses the content */
    ROTA_SUPPRESSED = 303,    /* the recipient opted out */

    /* 4: this instance is broken: its messages are held or go another way, somebody is told, none is lost. */
    ROTA_AUTH = 400,   /* key refused, account suspended, credit used up */
    ROTA_CONFIG = 401, /* rota_error.config_pointer names the key */
    ROTA_UNSUPPORTED = 402,
    ROTA_BUFFER_TOO_SMALL = 403,

    /* 5: stopped because the call was cancelled, before anything was sent. */
    ROTA_CANCELLED = 500
};

/* Filled by who fails, in the caller's memory, which is zeroed but for struct_size. All texts may stay empty. */
typedef struct rota_error {
    uint32_t struct_size;
    uint32_t retry_after_ms;  /* for class 1: not before that; 0: the host decides */
    char provider_code[32];   /* as the provider writes it: "21610" */
    char config_pointer[128]; /* "/api_key": the configuration's key that is at fault */
    char message[512];        /* for the operator; no secret, no patient's data */
} rota_error;

/* What surrounds one call. Valid until the call returns. */
typedef struct rota_call {
    uint32_t struct_size;
    uint32_t timeout_ms; /* from the call's begin; the host gives up on the call soon after */
    uint32_t attempt;    /* 1 at the first */
    uint32_t reserved;
    rota_str correlation_id; /* for logs and for the provider's request id */
    /* [thread-safe] Not 0 once the caller no longer waits: stop as soon as that is safe. Called with `ctx`; never null.
     */
    int32_t (*cancelled)(const void* ctx);
    const void* ctx;
} rota_call;

/* ---- what the host offers --------------------------------------------------------------------------------------- */

typedef struct rota_host rota_host;

typedef struct rota_http_header {
    uint32_t struct_size;
    uint32_t reserved;
    rota_str name;
    rota_str value;
} rota_http_header;

/* Filled by the plugin; all that it points to is the plugin's and stays untouched until the call returns. */
typedef struct rota_http_request {
    uint32_t struct_size;
    uint32_t timeout_ms; /* at most; 0: what is left of the rota_call's. Never longer than that */
    rota_str method;     /* "POST" */
    /* https, to a host of the descriptor's http_hosts or of a URL in the instance's configuration; http only where
     * that URL is http. */
    rota_str url;
    rota_str body;                   /* bytes; may be empty */
    const rota_http_header* headers; /* Host, Content-Length, Connection and their like are the host's */
    uint32_t header_count;
    uint32_t header_stride;      /* sizeof(rota_http_header) */
    uint64_t max_response_bytes; /* of the body; 0: 1 MiB. Never more than the host's own limit */
} rota_http_request;

enum {
    ROTA_HTTP_TRUNCATED = 1 << 0 /* the body was longer than max_response_bytes, or a sink said stop */
};

/*
 * The struct is the plugin's. It sets struct_size and the sinks, the host the rest. A redirect is not followed.
 * The sinks are called during the http call, on its thread, headers before body, the body in any number of pieces;
 * their arguments are valid until the sink returns. They return ROTA_OK, or anything else to get no more.
 */
typedef struct rota_http_response {
    uint32_t struct_size;
    int32_t status;          /* 200; 0 as long as there is no answer */
    uint32_t retry_after_ms; /* of a Retry-After header in either form; 0 where there is none */
    uint32_t flags;          /* ROTA_HTTP_… */
    void* ctx;               /* the sinks' first argument */
    rota_status (*on_header)(void* ctx, rota_str name, rota_str value); /* names in lower case; may be null */
    rota_status (*on_body)(void* ctx, rota_str bytes);                  /* may be null */
} rota_http_response;

enum { ROTA_LOG_DEBUG = 0, ROTA_LOG_INFO = 1, ROTA_LOG_WARNING = 2, ROTA_LOG_ERROR = 3 };

/* How a local time relates to UTC; see rota_host.local_to_utc. */
enum { ROTA_LOCAL_UNIQUE = 0, ROTA_LOCAL_TWICE = 1, ROTA_LOCAL_SKIPPED = 2 };

/*
 * Every instance gets one of its own, valid from create until destroy returns. Every function takes it as its first
 * argument and is [thread-safe], but may be called only between create's begin and destroy's end.
 */
struct rota_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    void* ctx;           /* the host's */
    const char* name;    /* the instance's, as the configuration names it: "channel.sendgrid_eu" */
    const char* version; /* of the program, for a User-Agent: "1.4.2" */

    /* `level`: ROTA_LOG_…; `json_fields`: a flat JSON object, or empty. */
    void (*log)(const rota_host*, int32_t level, rota_str message, rota_str json_fields);

    /* The only clock: tests shift it. */
    int64_t (*now_utc_ms)(const rota_host*);

    /*
     * The value of a secret reference, exactly as it stands in the instance's own configuration; any other reference is
     * ROTA_CONFIG. Up to `capacity` bytes are written, without a terminating zero; *length is the value's length, also
     * with ROTA_BUFFER_TOO_SMALL. Values are read anew, so that a changed key needs no restart: ask when you need it.
     */
    rota_status (*secret)(const rota_host*, rota_str ref, char* buffer, size_t capacity, size_t* length);

    /*
     * One HTTP request, TLS verified, connections kept and reused. ROTA_OK: there is an answer, of whatever HTTP
     * status. ROTA_UNAVAILABLE: it failed before a byte of the request was written. ROTA_UNKNOWN_OUTCOME: the request,
     * or part of it, was written and no complete answer came (time out, reset). ROTA_CANCELLED: cancelled before a byte
     * was written. ROTA_CONFIG: the URL is not one that this instance may call. ROTA_UNSUPPORTED: malformed request.
     */
    rota_status (*http)(const rota_host*, const rota_call*, const rota_http_request*, rota_http_response*, rota_error*);

    /*
     * {year, month 1-12, day, hour 0-23, minute} of a tzdata zone as UTC. *kind: ROTA_LOCAL_UNIQUE; _TWICE (clocks went
     * back: *utc_ms is the earlier); _SKIPPED (clocks went forward: *utc_ms is the moment at which they did).
     * ROTA_CONFIG: no such zone. ROTA_UNSUPPORTED: no such date or time. Deterministic, so [pure] calls may use it.
     */
    rota_status (*local_to_utc)(const rota_host*, rota_str zone, const int32_t ymdhm[5], int64_t* utc_ms,
                                int32_t* kind);

    /* The way back; *offset_minutes is the zone's distance from UTC then (-240). */
    rota_status (*utc_to_local)(const rota_host*, rota_str zone, int64_t utc_ms, int32_t ymdhm[5],
                                int32_t* offset_minutes);

    /* Adds `delta` (at least 0) to a counter of this instance; names as [a-z0-9_]{1,64}, others are ignored. */
    void (*counter)(const rota_host*, rota_str name, double delta);

    /* Further services by id, static as long as the instance; null where this host has none by that id. */
    const void* (*get_extension)(const rota_host*, const char* id);
};

/* ---- what a plugin is ------------------------------------------------------------------------------------------- */

enum { ROTA_KIND_CHANNEL = 1, ROTA_KIND_AVAILABILITY = 2, ROTA_KIND_WAITLIST = 3 };

/* rota_descriptor.flags */
enum {
    ROTA_FLAG_REENTRANT = 1 << 0, /* [worker] calls of one instance may run at the same time */
    ROTA_FLAG_EMAIL = 1 << 1,     /* a channel that takes ROTA_MEDIUM_EMAIL */
    ROTA_FLAG_SMS = 1 << 2,       /* a channel that takes ROTA_MEDIUM_SMS */
    ROTA_FLAG_IDEMPOTENT = 1 << 3 /* its provider drops a second message of the same idempotency_key */
};

/* rota_descriptor.data_needs: what of a message the plugin sees. The rest arrives empty. */
enum {
    ROTA_DATA_ADDRESS = 1 << 0, /* to */
    ROTA_DATA_NAME = 1 << 1,    /* to_name */
    ROTA_DATA_CONTENT = 1 << 2  /* subject, text, html, attachments */
};

/* Static: valid, and the same, as long as the library is loaded. Texts are never null. */
typedef struct rota_descriptor {
    uint32_t struct_size;
    uint32_t kind;
    uint64_t flags;
    uint64_t data_needs;
    const char* id;      /* ^[a-z0-9][a-z0-9_-]{0,63}$, the file's name without its ending */
    const char* name;    /* for people */
    const char* version; /* of the plugin */
    const char* vendor;
    const char* license; /* SPDX: "Apache-2.0" */
    /*
     * A subset of JSON Schema: {"type": "object", "properties": {KEY: P, …}, "required": [KEY, …]} where P has `type`
     * (string, integer, number, boolean) and may have `enum`, `pattern` (strings; a search, so anchor it), `minimum`,
     * `maximum` (numbers), `default`, `title`, `description`, and our own `secret` (true: the value must be a
     * reference,
     * `${env:NAME}` or `${file:PATH}`). Keys match [a-z0-9_]+. Other keys in a configuration are errors.
     */
    const char* config_schema;
    const char* http_hosts; /* the hosts that it calls, separated by spaces: "api.example.com"; "" for none */
} rota_descriptor;

typedef struct rota_instance rota_instance;

/* One configured use of a plugin. The struct belongs to the plugin, which makes it in create and frees it in destroy.
 */
struct rota_instance {
    uint32_t struct_size;
    uint32_t reserved;
    void* data; /* the plugin's */
    const rota_descriptor* desc;

    /*
     * [control & !active] `json`: one flat object that fits the schema, with the defaults filled in; secrets are still
     * references. Does no IO. An error's config_pointer names the key. Called once, before activate.
     */
    rota_status (*configure)(rota_instance*, rota_str json, rota_error*);

    /* [control & !active] After ROTA_OK calls may come. Should answer within a second: connections are made later. */
    rota_status (*activate)(rota_instance*, rota_error*);

    /* [control & active & no calls under way] No calls come after it. */
    void (*deactivate)(rota_instance*);

    /* [control & !active] Frees all that create made. No thread of the plugin runs on after it. */
    void (*destroy)(rota_instance*);

    /* [thread-safe] The function table by that id, static as long as the instance; null where there is none. */
    const void* (*get_interface)(rota_instance*, const char* id);
};

typedef struct rota_entry {
    uint32_t magic; /* ROTA_ENTRY_MAGIC */
    uint32_t struct_size;
    uint16_t abi_major;      /* ROTA_ABI_MAJOR that it was built against */
    uint16_t abi_minor;      /* ROTA_ABI_MINOR that it was built against */
    uint16_t min_host_minor; /* the oldest minor whose host it can live with */
    uint16_t reserved;
    const char* build; /* for people: compiler, date, commit */

    /* [thread-safe] How many plugins this library holds, at least one; describe and create take 0 to count() - 1. No
     * two are of the same kind and id. */
    uint32_t (*count)(void);
    const rota_descriptor* (*describe)(uint32_t index);

    /* [thread-safe] A new instance of the plugin that describe(index) describes; ROTA_UNSUPPORTED where there is none.
     * *instance is set with ROTA_OK only. Quick, without IO and threads: those belong to activate. */
    rota_status (*create)(uint32_t index, const rota_host* host, rota_instance** instance, rota_error* error);
} rota_entry;

/* The one symbol that a plugin exports. */
ROTA_EXPORT extern const rota_entry rota_plugin_entry;

/* ---- rota.channel/1: delivers messages -------------------------------------------------------------------------- */

#define ROTA_CHANNEL_V1 "rota.channel/1"

enum { ROTA_MEDIUM_EMAIL = 1, ROTA_MEDIUM_SMS = 2 };

typedef struct rota_attachment {
    uint32_t struct_size;
    uint32_t reserved;
    rota_str filename;
    rota_str content_type;
    rota_str bytes;
} rota_attachment;

/* Rendered; a channel adds nothing to it. Fields that data_needs does not name are empty. */
typedef struct rota_message {
    uint32_t struct_size;
    uint32_t medium;      /* ROTA_MEDIUM_… */
    int64_t not_after_ms; /* nothing may be handed to the provider then or later: ROTA_PERMANENT */
    rota_str delivery_id; /* ours; give it to the provider, so that its callbacks bring it back */
    rota_str idempotency_key;
    rota_str to;      /* an email address, or a phone number in E.164 */
    rota_str to_name; /* may be empty */
    rota_str subject; /* email */
    rota_str text;
    rota_str html;   /* email; may be empty */
    rota_str locale; /* BCP 47: "en-US" */
    const rota_attachment* attachments;
    uint32_t attachment_count;
    uint32_t attachment_stride;
} rota_message;

/* Where a message is. Unknown values: as ROTA_STATE_UNKNOWN. */
enum {
    ROTA_STATE_UNKNOWN = 0,
    ROTA_STATE_ACCEPTED = 1, /* the provider has it */
    ROTA_STATE_DELIVERED = 2,
    ROTA_STATE_UNDELIVERED = 3,
    ROTA_STATE_NOT_FOUND = 4 /* the provider never got it */
};

/* The host's memory, zeroed but for struct_size; the plugin fills it. */
typedef struct rota_receipt {
    uint32_t struct_size;
    uint32_t state;    /* ROTA_STATE_…; after send usually ACCEPTED */
    uint32_t segments; /* parts that the provider bills; 0: not known */
    uint32_t reserved;
    char provider_id[256]; /* the provider's id of the message; empty where it gives none */
    char provider_code[32];
} rota_receipt;

/* A provider's callback, as it reached our public address. */
typedef struct rota_webhook_request {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t received_ms;
    rota_str method;
    rota_str url; /* whole, as the provider called it: signatures are made over it */
    rota_str body;
    const rota_http_header* headers; /* names in lower case */
    uint32_t header_count;
    uint32_t header_stride;
} rota_webhook_request;

/* Unknown values are ignored. */
enum {
    ROTA_EVENT_ACCEPTED = 1,
    ROTA_EVENT_DELIVERED = 2,
    ROTA_EVENT_UNDELIVERED = 3, /* bounced, dropped, refused */
    ROTA_EVENT_COMPLAINED = 4,  /* reported as spam */
    ROTA_EVENT_OPTED_OUT = 5,
    ROTA_EVENT_OPTED_IN = 6
};

/* What a provider reports. Texts that it does not say are empty. */
typedef struct rota_event {
    uint32_t struct_size;
    uint32_t type; /* ROTA_EVENT_… */
    int64_t occurred_ms;
    rota_str event_id;    /* the same for a callback that comes twice */
    rota_str provider_id; /* as in the receipt */
    rota_str delivery_id; /* as in the message */
    rota_str recipient;
    rota_str provider_code;
    rota_str detail;
} rota_event;

/* A text that somebody sent to us. */
typedef struct rota_inbound_text {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t received_ms;
    rota_str event_id;
    rota_str from; /* E.164 */
    rota_str to;
    rota_str text;
} rota_inbound_text;

/* The host's. Its functions copy what they get, and are called during the webhook call only, on its thread. Another
 * answer than ROTA_OK: stop and return it. Neither is null. */
typedef struct rota_webhook_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    rota_status (*event)(void* ctx, const rota_event*);
    rota_status (*inbound_text)(void* ctx, const rota_inbound_text*);
} rota_webhook_sink;

/* The answer to the provider: the host's memory, preset to 204 without a body. */
typedef struct rota_webhook_reply {
    uint32_t struct_size;
    int32_t status;
    uint32_t body_length; /* at most sizeof body */
    uint32_t reserved;
    char content_type[64];
    char body[4096];
} rota_webhook_reply;

/* A null member other than send: not offered. */
typedef struct rota_channel_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* [worker] Without IO: whether it can send to the address. ROTA_OK; ROTA_BAD_RECIPIENT: `send` is not called. */
    rota_status (*check_recipient)(rota_instance*, rota_str to, rota_error*);

    /* [worker] Hands one message to the provider, once: retrying is the host's. Never null. */
    rota_status (*send)(rota_instance*, const rota_call*, const rota_message*, rota_receipt*, rota_error*);

    /* [worker] What became of an earlier message: for those whose send ended in class 2. `provider_id` may be empty,
     * then `delivery_id` is all that is known. */
    rota_status (*status)(rota_instance*, const rota_call*, rota_str provider_id, rota_str delivery_id, rota_receipt*,
                          rota_error*);

    /* [worker] Whether the provider is there and takes our key. Sends nothing. */
    rota_status (*health)(rota_instance*, const rota_call*, rota_error*);

    /* [thread-safe] Checks the provider's signature first (ROTA_AUTH where it is wrong, and no event), then reports
     * what the callback says. With another answer than ROTA_OK the host drops the events and answers 4xx or 5xx. */
    rota_status (*webhook)(rota_instance*, const rota_call*, const rota_webhook_request*, const rota_webhook_sink*,
                           rota_webhook_reply*, rota_error*);
} rota_channel_v1;

/* ---- rota.availability/1: which times a doctor offers ----------------------------------------------------------- */

#define ROTA_AVAILABILITY_V1 "rota.availability/1"

enum { ROTA_VISIT_OTHER = 0, ROTA_VISIT_FOLLOW_UP = 1, ROTA_VISIT_STANDARD = 2, ROTA_VISIT_NEW_PATIENT = 3 };

/* A taken stretch of the doctor's calendar. */
typedef struct rota_busy {
    uint32_t struct_size;
    uint32_t visit_type; /* ROTA_VISIT_… */
    rota_span span;
} rota_busy;

/* A snapshot of one doctor's day: all that the answer may depend on, beside the configuration. */
typedef struct rota_availability_query {
    uint32_t struct_size;
    uint32_t visit_type;  /* of the appointment that is looked for */
    uint32_t duration_ms; /* of that appointment; more than 0 */
    uint32_t open_count;
    int64_t now_ms;
    rota_span window;      /* the local day */
    rota_str zone;         /* the clinic's, as tzdata names it */
    rota_str doctor;       /* an opaque, lasting name of the doctor */
    const rota_span* open; /* working hours within the window: sorted, apart from one another, not empty */
    const rota_busy* busy; /* in any order; may overlap one another and reach beyond the window */
    uint32_t busy_count;
    uint32_t busy_stride;
} rota_availability_query;

typedef struct rota_slot {
    uint32_t struct_size;
    uint32_t reserved;
    rota_span span;
} rota_slot;

/* The host's; copies what it gets. Another answer than ROTA_OK: stop and return it. */
typedef struct rota_slot_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    rota_status (*offer)(void* ctx, const rota_slot*);
} rota_slot_sink;

/* The host's memory, zeroed but for struct_size. */
typedef struct rota_verdict {
    uint32_t struct_size;
    uint32_t admitted; /* 1: the appointment may start then */
    char reason[248];  /* of a refusal, for the clinic; may stay empty */
} rota_verdict;

/* No member is null. */
typedef struct rota_availability_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /*
     * [worker][pure] Offers slots of the query's duration that lie within one open interval and overlap nothing busy,
     * in any order. How near or far ahead one may book is the host's to decide: a slot may lie before now.
     */
    rota_status (*slots)(rota_instance*, const rota_availability_query*, const rota_slot_sink*, rota_error*);

    /* [worker][pure] Whether an appointment may start then. Every slot that `slots` offers for a query is admitted for
     * it; others may be admitted too. */
    rota_status (*admit)(rota_instance*, const rota_availability_query*, int64_t start_ms, rota_verdict*, rota_error*);
} rota_availability_v1;

/* ---- rota.waitlist/1: who gets a freed slot --------------------------------------------------------------------- */

#define ROTA_WAITLIST_V1 "rota.waitlist/1"

enum { ROTA_PREFERS_ANY = 0, ROTA_PREFERS_MORNING = 1, ROTA_PREFERS_AFTERNOON = 2 };

/* Somebody who could take the slot: the host has already left out who could not. */
typedef struct rota_candidate {
    uint32_t struct_size;
    int32_t priority;              /* set by the clinic; 0 where it set none, more is more urgent */
    uint64_t ref;                  /* means this candidate during this call, and nothing else */
    int64_t joined_ms;             /* when the entry was made */
    uint32_t prefers;              /* ROTA_PREFERS_…, by the clinic's clock */
    uint32_t cancelled_promotions; /* how often it got a slot and cancelled it again */
    rota_span accepts;             /* the span in which an appointment must lie to suit it */
} rota_candidate;

typedef struct rota_waitlist_query {
    uint32_t struct_size;
    uint32_t visit_type; /* of the appointment to be made */
    int64_t now_ms;
    rota_span slot; /* the freed time */
    rota_str zone;
    rota_str doctor;
    const rota_candidate* candidates; /* in any order */
    uint32_t candidate_count;         /* may be 0 */
    uint32_t candidate_stride;
} rota_waitlist_query;

typedef struct rota_ranked {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t ref;
    rota_str reason; /* for the clinic: why it stands there; names nobody */
} rota_ranked;

/* The host's; copies what it gets. Another answer than ROTA_OK: stop and return it. */
typedef struct rota_rank_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* ctx;
    rota_status (*next)(void* ctx, const rota_ranked*);
} rota_rank_sink;

/* No member is null. */
typedef struct rota_waitlist_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /* [worker][pure] Names candidates in the order in which they are to be asked, each at most once. Who is not named
     * does not get this slot. The order of the input does not matter. */
    rota_status (*rank)(rota_instance*, const rota_waitlist_query*, const rota_rank_sink*, rota_error*);
} rota_waitlist_v1;

#ifdef __cplusplus
}
#endif

#endif /* ROTA_PLUGIN_H */
