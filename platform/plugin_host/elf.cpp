#include "plugin_host/elf.hpp"

#include <elf.h>

#include <cstring>

namespace rota::plugin_host {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kOurMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half kOurMachine = EM_AARCH64;
#else
#error "plugins are defined for 64-bit x86 and ARM"
#endif

std::string machineName(Elf64_Half machine) {
    switch (machine) {
    case EM_X86_64: return "x86_64";
    case EM_AARCH64: return "aarch64";
    case EM_386: return "i386";
    case EM_ARM: return "arm";
    case EM_RISCV: return "riscv";
    case EM_PPC64: return "ppc64";
    case EM_S390: return "s390";
    default: return "machine " + std::to_string(machine);
    }
}

ElfFault wrongMachine(const std::string& theirs) {
    const std::string ours = machineName(kOurMachine);
    return {"is for " + theirs + ", this server is " + ours, "install the " + ours + " build"};
}

ElfFault truncated() {
    return {"is truncated", "copy the file again"};
}

template <class T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// Mapping a segment that reaches beyond the file's end succeeds; touching it is SIGBUS.
bool hasAllSegments(std::string_view bytes, const Elf64_Ehdr& header) {
    if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 || header.e_phoff > bytes.size()) return false;
    for (unsigned i = 0; i < header.e_phnum; ++i) {
        const auto segment = at<Elf64_Phdr>(bytes, header.e_phoff + i * sizeof(Elf64_Phdr));
        if (!segment || segment->p_offset > bytes.size() || segment->p_filesz > bytes.size() - segment->p_offset)
            return false;
    }
    return true;
}

/// The linker writes its table of sections last, so without its end the file was cut. Stripped files may have none.
bool hasAllSections(std::string_view bytes, const Elf64_Ehdr& header) {
    const std::uint64_t size = std::uint64_t{header.e_shnum} * header.e_shentsize;
    return size == 0 || (header.e_shoff <= bytes.size() && size <= bytes.size() - header.e_shoff);
}

/// The text at `offset` of a table of texts.
std::string textAt(std::string_view bytes, const Elf64_Shdr& table, std::uint64_t offset) {
    if (offset >= table.sh_size || table.sh_offset > bytes.size()) return {};
    const auto rest = bytes.substr(table.sh_offset).substr(0, table.sh_size).substr(offset);
    return std::string(rest.substr(0, rest.find('\0')));
}

bool isExported(const Elf64_Sym& symbol) {
    const auto binding = ELF64_ST_BIND(symbol.st_info);
    const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
    return symbol.st_shndx != SHN_UNDEF && binding != STB_LOCAL &&
           (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

} // namespace

std::optional<ElfFault> elfFault(std::string_view bytes) {
    if (!bytes.starts_with(std::string_view(ELFMAG, SELFMAG)))
        return ElfFault{"is no shared library", "install the plugin's compiled library under that name"};
    if (bytes.size() < EI_NIDENT) return truncated();
    if (bytes[EI_CLASS] != ELFCLASS64) return wrongMachine("a 32-bit system");
    if (bytes[EI_DATA] != ELFDATA2LSB) return wrongMachine("a big-endian system");
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    if (!header) return truncated();
    if (header->e_machine != kOurMachine) return wrongMachine(machineName(header->e_machine));
    if (header->e_type != ET_DYN) return ElfFault{"is no shared library", "link it with -shared"};
    if (!hasAllSegments(bytes, *header) || !hasAllSections(bytes, *header)) return truncated();
    return std::nullopt;
}

std::vector<std::string> exportedSymbols(std::string_view bytes) {
    std::vector<std::string> names;
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    for (unsigned i = 0; header && i < header->e_shnum; ++i) {
        const auto section = at<Elf64_Shdr>(bytes, header->e_shoff + i * sizeof(Elf64_Shdr));
        if (!section || section->sh_type != SHT_DYNSYM) continue;
        const auto texts = at<Elf64_Shdr>(bytes, header->e_shoff + section->sh_link * sizeof(Elf64_Shdr));
        for (std::uint64_t offset = 0; texts && offset < section->sh_size; offset += sizeof(Elf64_Sym)) {
            const auto symbol = at<Elf64_Sym>(bytes, section->sh_offset + offset);
            if (symbol && isExported(*symbol)) names.push_back(textAt(bytes, *texts, symbol->st_name));
        }
    }
    return names;
}

} // namespace rota::plugin_host
