#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "rota_error.message" 176 512; of an enumerator the number is in `offset`. */
typedef struct layout_line {
    const char* name;
    size_t offset;
    size_t size;
} layout_line;

extern const layout_line layout_lines[];
extern const size_t layout_count;

#ifdef __cplusplus
}
#endif
