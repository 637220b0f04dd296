/*
 * rota/mail.h: rota.host.mail/1, an extension of the host (rota_host.get_extension) for plugins that hand mail to an
 * SMTP server. The host speaks the protocol, with TLS, and writes the message's MIME; a plugin carries neither.
 *
 * LAYOUT, GROWTH and OWNERSHIP are as in rota/plugin.h. All functions are [thread-safe] and take the instance's
 * rota_host first.
 */
#ifndef ROTA_MAIL_H
#define ROTA_MAIL_H

#include <rota/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ROTA_HOST_MAIL_V1 "rota.host.mail/1"

/* Unknown values: as ROTA_MAIL_TLS_STARTTLS. */
enum {
    ROTA_MAIL_TLS_NONE = 0,
    ROTA_MAIL_TLS_OPPORTUNISTIC = 1, /* STARTTLS where the server offers it */
    ROTA_MAIL_TLS_STARTTLS = 2,      /* nothing is sent without it */
    ROTA_MAIL_TLS_IMPLICIT = 3       /* TLS from the first byte, usually at port 465 */
};

/* How far a conversation came. */
enum {
    ROTA_MAIL_STAGE_CONNECT = 0, /* up to the greeting and EHLO, TLS included */
    ROTA_MAIL_STAGE_AUTH = 1,
    ROTA_MAIL_STAGE_SENDER = 2,    /* MAIL FROM */
    ROTA_MAIL_STAGE_RECIPIENT = 3, /* RCPT TO */
    ROTA_MAIL_STAGE_DATA = 4,      /* DATA, up to the server's leave to send */
    ROTA_MAIL_STAGE_CONTENT = 5    /* the message was being written, or its reply awaited */
};

typedef struct rota_mail_server {
    uint32_t struct_size;
    uint32_t port;
    uint32_t tls;                /* ROTA_MAIL_TLS_… */
    uint32_t connect_timeout_ms; /* 0: the host's. The whole is bounded by the rota_call */
    rota_str host;               /* one that stands in the instance's configuration */
    rota_str user;               /* empty: no authentication */
    rota_str password;
    rota_str ca_file; /* of certificates to trust instead of the system's; empty: the system's */
} rota_mail_server;

typedef struct rota_mail_message {
    uint32_t struct_size;
    uint32_t attachment_count;
    uint32_t attachment_stride;
    uint32_t reserved;
    const rota_attachment* attachments;
    int64_t date_ms;
    rota_str message_id; /* without brackets: "rota-7@clinic.example" */
    rota_str from;
    rota_str from_name; /* may be empty, like the next */
    rota_str reply_to;
    rota_str to;
    rota_str to_name;
    rota_str subject;
    rota_str text;
    rota_str html; /* may be empty */
} rota_mail_message;

/* The plugin's memory, zeroed but for struct_size; the host fills it. */
typedef struct rota_mail_result {
    uint32_t struct_size;
    int32_t reply;  /* the server's last one: 250, 550; 0 where there was none */
    uint32_t stage; /* ROTA_MAIL_STAGE_…: where it ended, if not well */
    uint32_t reserved;
    char enhanced[16]; /* that reply's enhanced code, as RFC 3463 has it: "5.1.1"; may be empty */
} rota_mail_result;

typedef struct rota_host_mail_v1 {
    uint32_t struct_size;
    uint32_t reserved;

    /*
     * Hands one message to the server. ROTA_OK: it took it. Otherwise `reply` and `stage` say who refused what, and the
     * status what is certain:
     * ROTA_RETRY: a reply 4xx, or a reply 5xx that is no refusal of this message (at connecting).
     * ROTA_UNAVAILABLE: no connection, or no TLS where it is required.
     * ROTA_AUTH: user and password are not taken. ROTA_BAD_RECIPIENT: 5xx to RCPT TO. ROTA_REJECTED: 5xx to the
     * message. ROTA_PERMANENT: 5xx to anything else. ROTA_UNKNOWN_OUTCOME: the connection was lost after DATA.
     * ROTA_CONFIG: the host is not one that this instance may call. ROTA_UNSUPPORTED: a line break in an address.
     */
    rota_status (*send)(const rota_host*, const rota_call*, const rota_mail_server*, const rota_mail_message*,
                        rota_mail_result*, rota_error*);

    /* Connects, with TLS and authentication, and sends nothing. */
    rota_status (*check)(const rota_host*, const rota_call*, const rota_mail_server*, rota_mail_result*, rota_error*);
} rota_host_mail_v1;

#ifdef __cplusplus
}
#endif

#endif /* ROTA_MAIL_H */
