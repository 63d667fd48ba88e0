from django.http import HttpRequest, HttpResponse
def show_batches(request: HttpRequest) -> HttpResponse: return HttpResponse("")
def show_batch(request: HttpRequest, batch_id: int) -> HttpResponse: return HttpResponse("")
def show_line(request: HttpRequest, batch_id: int, row: int) -> HttpResponse: return HttpResponse("")
def send_original(request: HttpRequest, batch_id: int) -> HttpResponse: return HttpResponse("")
