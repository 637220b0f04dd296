/* Asks whoever has kept earlier promotions first, and among equals whoever has waited longest. */
#include <rota/plugin.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    const rota_host* host;
} state;

static rota_status refuse(rota_error* error, rota_status status, const char* message) {
    strcpy(error->message, message);
    return status;
}

/* ---- the strategy ----------------------------------------------------------------------------------------------- */

static int by_merit(const void* left, const void* right) {
    const rota_candidate* a = *(const rota_candidate* const*)left;
    const rota_candidate* b = *(const rota_candidate* const*)right;
    if (a->cancelled_promotions != b->cancelled_promotions)
        return a->cancelled_promotions < b->cancelled_promotions ? -1 : 1;
    if (a->joined_ms != b->joined_ms) return a->joined_ms < b->joined_ms ? -1 : 1;
    /* The reference comes last, so that the order of the input never decides. */
    return a->ref < b->ref ? -1 : a->ref > b->ref;
}

static rota_status name_all(const rota_waitlist_query* query, const rota_candidate** order,
                            const rota_rank_sink* sink) {
    static const char reason[] = "keeps what it is given";
    uint32_t i;
    for (i = 0; i < query->candidate_count; ++i) {
        rota_ranked next = {sizeof(rota_ranked), 0, 0, {reason, sizeof reason - 1}};
        rota_status status;
        if (query->slot.begin_ms < order[i]->accepts.begin_ms || order[i]->accepts.end_ms < query->slot.end_ms)
            continue;
        next.ref = order[i]->ref;
        status = sink->next(sink->ctx, &next);
        if (status != ROTA_OK) return status;
    }
    return ROTA_OK;
}

static rota_status rank(rota_instance* self, const rota_waitlist_query* query, const rota_rank_sink* sink,
                        rota_error* error) {
    const rota_candidate** order;
    rota_status status;
    uint32_t i;
    (void)self;
    if (query->candidate_count == 0) return ROTA_OK;
    order = malloc(query->candidate_count * sizeof *order);
    if (order == NULL) return refuse(error, ROTA_INTERNAL, "no memory");
    /* Elements of arrays may be longer than this header knows them. */
    for (i = 0; i < query->candidate_count; ++i)
        order[i] = ROTA_AT(rota_candidate, query->candidates, query->candidate_stride, i);
    qsort(order, query->candidate_count, sizeof *order, by_merit);
    status = name_all(query, order, sink);
    free(order);
    return status;
}

static const rota_waitlist_v1 strategy = {sizeof(rota_waitlist_v1), 0, rank};

/* ---- an instance ------------------------------------------------------------------------------------------------ */

static rota_status configure(rota_instance* self, rota_str json, rota_error* error) {
    (void)self;
    (void)json;
    (void)error;
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
    return strcmp(id, ROTA_WAITLIST_V1) == 0 ? &strategy : NULL;
}

/* ---- the library ------------------------------------------------------------------------------------------------ */

static const rota_descriptor descriptor = {sizeof(rota_descriptor),
                                           ROTA_KIND_WAITLIST,
                                           ROTA_FLAG_REENTRANT,
                                           0,
                                           "my-plugin",
                                           "MyPlugin",
                                           "0.1.0",
                                           "",
                                           "",
                                           "{\"type\": \"object\", \"properties\": {}}",
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
