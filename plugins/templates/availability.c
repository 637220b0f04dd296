/* Offers every free half hour that keeps a pause to the appointments beside it. */
#include <rota/plugin.h>

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000
#define STEP_MS (30 * MINUTE_MS)

typedef struct {
    const rota_host* host;
    int64_t pause_ms;
} state;

static rota_status refuse(rota_error* error, rota_status status, const char* message) {
    strcpy(error->message, message);
    return status;
}

/* ---- the policy ------------------------------------------------------------------------------------------------- */

/* Why an appointment may not start then, or NULL. */
static const char* objection(const state* own, const rota_availability_query* query, int64_t start) {
    const int64_t end = start + query->duration_ms;
    int within = 0;
    uint32_t i;
    for (i = 0; i < query->open_count; ++i)
        within = within || (query->open[i].begin_ms <= start && end <= query->open[i].end_ms);
    if (!within) return "outside the working hours";
    for (i = 0; i < query->busy_count; ++i) {
        /* Elements of arrays may be longer than this header knows them. */
        const rota_busy* busy = ROTA_AT(rota_busy, query->busy, query->busy_stride, i);
        if (start < busy->span.end_ms + own->pause_ms && busy->span.begin_ms < end + own->pause_ms)
            return "too close to another appointment";
    }
    return NULL;
}

static rota_status slots(rota_instance* self, const rota_availability_query* query, const rota_slot_sink* sink,
                         rota_error* error) {
    uint32_t i;
    (void)error;
    for (i = 0; i < query->open_count; ++i) {
        int64_t start = query->open[i].begin_ms;
        for (; start + query->duration_ms <= query->open[i].end_ms; start += STEP_MS) {
            rota_slot slot = {sizeof(rota_slot), 0, {0, 0}};
            rota_status status;
            if (objection(self->data, query, start) != NULL) continue;
            slot.span.begin_ms = start;
            slot.span.end_ms = start + query->duration_ms;
            status = sink->offer(sink->ctx, &slot);
            if (status != ROTA_OK) return status;
        }
    }
    return ROTA_OK;
}

/* Asked again when somebody books: whatever `slots` offers must be admitted here. */
static rota_status admit(rota_instance* self, const rota_availability_query* query, int64_t start,
                         rota_verdict* verdict, rota_error* error) {
    const char* reason = objection(self->data, query, start);
    (void)error;
    verdict->admitted = reason == NULL;
    if (reason != NULL) strcpy(verdict->reason, reason);
    return ROTA_OK;
}

static const rota_availability_v1 policy = {sizeof(rota_availability_v1), 0, slots, admit};

/* ---- an instance ------------------------------------------------------------------------------------------------ */

/* The one key is a number, which the schema has checked. */
static rota_status configure(rota_instance* self, rota_str json, rota_error* error) {
    state* own = self->data;
    const char* key = "\"pause\":";
    size_t i;
    int64_t minutes = 0;
    for (i = 0; i + strlen(key) <= json.len; ++i)
        if (memcmp(json.ptr + i, key, strlen(key)) == 0) break;
    for (i += strlen(key); i < json.len && json.ptr[i] >= '0' && json.ptr[i] <= '9' && minutes < 1000; ++i)
        minutes = 10 * minutes + (json.ptr[i] - '0');
    (void)error;
    own->pause_ms = minutes * MINUTE_MS;
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
    return strcmp(id, ROTA_AVAILABILITY_V1) == 0 ? &policy : NULL;
}

/* ---- the library ------------------------------------------------------------------------------------------------ */

static const rota_descriptor descriptor = {
    sizeof(rota_descriptor),
    ROTA_KIND_AVAILABILITY,
    ROTA_FLAG_REENTRANT,
    0,
    "my-plugin",
    "MyPlugin",
    "0.1.0",
    "",
    "",
    "{\"type\": \"object\", \"properties\": {"
    "\"pause\": {\"type\": \"integer\", \"minimum\": 0, \"maximum\": 120, \"default\": 10}}}",
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
    if (index != 0) return refuse(error, ROTA_UNSUPPORTED, "there is no such plugin");
    made = calloc(1, sizeof *made);
    own = calloc(1, sizeof *own);
    if (made == NULL || own == NULL) {
        free(made);
        free(own);
        return refuse(error, ROTA_INTERNAL, "no memory");
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
