#include "ctl/dispatch.hpp"

int main(int argc, char** argv) {
    return rota::ctl::dispatch({argv + 1, argv + argc});
}
