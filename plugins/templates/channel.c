/* Posts every message as JSON to one address. */
#include <rota/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const rota_host* host;
    char url[512];
    char token[256]; /* a reference, such as ${env:TOKEN}; empty for none */
} state;

/* ---- texts ------------------------------------------------------------------------------------------------------ */

static rota_str str(const char* text) {
    rota_str value;
    value.ptr = text;
    value.len = strlen(text);
    return value;
}

static void copy_text(char* target, size_t capacity, const char* text, size_t length) {
    if (length >= capacity) length = capacity - 1;
    if (length > 0) memcpy(target, text, length);
    target[length] = '\0';
}

/* Appends a JSON string with its quotes; answers where it ends. At most 6 bytes for each of the text's, and 2. */
static char* append_quoted(char* end, rota_str text) {
    size_t i;
    *end++ = '"';
    for (i = 0; i < text.len; ++i) {
        const unsigned char code = (unsigned char)text.ptr[i];
        if (code == '"' || code == '\\') {
            *end++ = '\\';
            *end++ = (char)code;
        } else if (code < 0x20) {
            end += sprintf(end, "\\u%04x", code);
        } else {
            *end++ = (char)code;
        }
    }
    *end++ = '"';
    return end;
}

static char* append(char* end, const char* text) {
    const size_t length = strlen(text);
    memcpy(end, text, length);
    return end + length;
}

/* The text of a key of the flat JSON object that the host hands over: it is valid, and these texts have no escapes. */
static int read_text(rota_str json, const char* key, char* target, size_t capacity) {
    char wanted[64];
    size_t i;
    const size_t length = (size_t)sprintf(wanted, "\"%.50s\":\"", key);
    for (i = 0; i + length <= json.len; ++i) {
        const char* begin;
        const char* end;
        if (memcmp(json.ptr + i, wanted, length) != 0) continue;
        begin = json.ptr + i + length;
        end = memchr(begin, '"', json.len - i - length);
        if (end == NULL || (size_t)(end - begin) >= capacity) return 0;
        copy_text(target, capacity, begin, (size_t)(end - begin));
        return 1;
    }
    return 0;
}

static rota_status refuse(rota_error* error, rota_status status, const char* key, const char* message) {
    if (key[0] != '\0') sprintf(error->config_pointer, "/%.50s", key);
    copy_text(error->message, sizeof error->message, message, strlen(message));
    return status;
}

/* ---- the channel ------------------------------------------------------------------------------------------------ */

/* The status decides what Rota does with the message; its text is for the operator, and tells of no patient. */
static rota_status judge(const rota_http_response* answer, rota_error* error) {
    error->retry_after_ms = answer->retry_after_ms;
    if (answer->status >= 200 && answer->status <= 299) return ROTA_OK;
    sprintf(error->provider_code, "%d", (int)answer->status);
    switch (answer->status) {
    case 401:
    case 403: return refuse(error, ROTA_AUTH, "token", "the gateway refuses the token");
    case 404:
    case 405: return refuse(error, ROTA_CONFIG, "url", "there is no gateway");
    case 429: return refuse(error, ROTA_RATE_LIMITED, "", "too many messages");
    case 503: return refuse(error, ROTA_UNAVAILABLE, "", "the gateway is not available");
    default: break;
    }
    if (answer->status >= 400 && answer->status <= 499)
        return refuse(error, ROTA_REJECTED, "", "the gateway refuses the message");
    return refuse(error, ROTA_UNKNOWN_OUTCOME, "", "the gateway may have taken the message");
}

static rota_status ignore_header(void* ctx, rota_str name, rota_str value) {
    (void)ctx;
    (void)name;
    (void)value;
    return ROTA_OK;
}

static rota_status ignore_body(void* ctx, rota_str bytes) {
    (void)ctx;
    (void)bytes;
    return ROTA_OK;
}

static rota_http_header header(const char* name, rota_str value) {
    rota_http_header made = {sizeof(rota_http_header), 0, {NULL, 0}, {NULL, 0}};
    made.name = str(name);
    made.value = value;
    return made;
}

static rota_status post(const state* own, const rota_call* call, const rota_message* message, rota_str body,
                        rota_error* error) {
    rota_http_header headers[3];
    rota_http_request request;
    rota_http_response answer;
    char bearer[7 + 1024] = "Bearer ";
    size_t length = 0;
    rota_status status;
    memset(&request, 0, sizeof request);
    memset(&answer, 0, sizeof answer);
    request.struct_size = sizeof request;
    request.method = str("POST");
    request.url = str(own->url);
    request.body = body;
    headers[0] = header("Content-Type", str("application/json"));
    headers[1] = header("Idempotency-Key", message->idempotency_key);
    request.headers = headers;
    request.header_count = 2;
    request.header_stride = sizeof headers[0];
    if (own->token[0] != '\0') {
        rota_str value;
        status = own->host->secret(own->host, str(own->token), bearer + 7, sizeof bearer - 7, &length);
        if (status != ROTA_OK) return refuse(error, ROTA_CONFIG, "token", "the token has no value");
        value.ptr = bearer;
        value.len = 7 + length;
        headers[request.header_count++] = header("Authorization", value);
    }
    answer.struct_size = sizeof answer;
    answer.on_header = ignore_header;
    answer.on_body = ignore_body;
    /* Where there is no answer, the host says what it knows: not sent, or nobody can tell. */
    status = own->host->http(own->host, call, &request, &answer, error);
    return status == ROTA_OK ? judge(&answer, error) : status;
}

static rota_status send_message(rota_instance* self, const rota_call* call, const rota_message* message,
                                rota_receipt* receipt, rota_error* error) {
    const state* own = self->data;
    const size_t most =
        6 * (message->delivery_id.len + message->to.len + message->subject.len + message->text.len) + 100;
    rota_str body;
    rota_status status;
    char* text;
    char* end;
    if (own->host->now_utc_ms(own->host) >= message->not_after_ms)
        return refuse(error, ROTA_PERMANENT, "", "too late to be sent");
    text = malloc(most);
    if (text == NULL) return refuse(error, ROTA_RETRY, "", "no memory");
    end = append_quoted(append(text, "{\"id\": "), message->delivery_id);
    end = append_quoted(append(end, ", \"to\": "), message->to);
    end = append_quoted(append(end, ", \"subject\": "), message->subject);
    end = append_quoted(append(end, ", \"text\": "), message->text);
    end = append(end, "}");
    body.ptr = text;
    body.len = (size_t)(end - text);
    status = post(own, call, message, body, error);
    free(text);
    if (status != ROTA_OK) return status;
    receipt->state = ROTA_STATE_ACCEPTED;
    copy_text(receipt->provider_id, sizeof receipt->provider_id, message->delivery_id.ptr, message->delivery_id.len);
    return ROTA_OK;
}

static const rota_channel_v1 channel = {sizeof(rota_channel_v1), 0, NULL, send_message, NULL, NULL, NULL};

/* ---- an instance ------------------------------------------------------------------------------------------------ */

static rota_status configure(rota_instance* self, rota_str json, rota_error* error) {
    state* own = self->data;
    if (!read_text(json, "url", own->url, sizeof own->url)) return refuse(error, ROTA_CONFIG, "url", "is required");
    read_text(json, "token", own->token, sizeof own->token);
    return ROTA_OK;
}

static rota_status activate(rota_instance* self, rota_error* error) {
    (void)self;
    (void)error;
    return ROTA_OK;
}

static void deactivate(rota_instance* self) {
    (void)self;
}

static void destroy(rota_instance* self) {
    free(self->data);
    free(self);
}

static const void* get_interface(rota_instance* self, const char* id) {
    (void)self;
    return strcmp(id, ROTA_CHANNEL_V1) == 0 ? &channel : NULL;
}

/* ---- the library ------------------------------------------------------------------------------------------------ */

static const rota_descriptor descriptor = {
    sizeof(rota_descriptor),
    ROTA_KIND_CHANNEL,
    ROTA_FLAG_EMAIL | ROTA_FLAG_SMS | ROTA_FLAG_REENTRANT,
    ROTA_DATA_ADDRESS | ROTA_DATA_CONTENT,
    "my-plugin",
    "MyPlugin",
    "0.1.0",
    "",
    "",
    "{\"type\": \"object\", \"required\": [\"url\"], \"properties\": {"
    "\"url\": {\"type\": \"string\", \"pattern\": \"^https?://[^ \\\"\\\\\\\\]{1,500}$\"},"
    "\"token\": {\"type\": \"string\", \"secret\": true}}}",
    ""};

static uint32_t count(void) {
    return 1;
}

static const rota_descriptor* describe(uint32_t index) {
    return index == 0 ? &descriptor : NULL;
}

static rota_status create(uint32_t index, const rota_host* host, rota_instance** instance, rota_error* error) {
    rota_instance* made;
    state* own;
    if (index != 0) return refuse(error, ROTA_UNSUPPORTED, "", "there is no such plugin");
    made = calloc(1, sizeof *made);
    own = calloc(1, sizeof *own);
    if (made == NULL || own == NULL) {
        free(made);
        free(own);
        return refuse(error, ROTA_INTERNAL, "", "no memory");
    }
    own->host = host;
    made->struct_size = sizeof *made;
    made->data = own;
    made->desc = &descriptor;
    made->configure = configure;
    made->activate = activate;
    made->deactivate = deactivate;
    made->destroy = destroy;
    made->get_interface = get_interface;
    *instance = made;
    return ROTA_OK;
}

const rota_entry rota_plugin_entry = {
    ROTA_ENTRY_MAGIC, sizeof(rota_entry), ROTA_ABI_MAJOR, ROTA_ABI_MINOR, 0, 0, "C", count, describe, create};
